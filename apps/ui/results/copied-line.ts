import type { LogHit } from '../api/log-hit.ts';
import { fieldText, SOURCE } from '../columns/field-text.ts';

const TERMINAL_SEQUENCES = new RegExp(`${String.fromCodePoint(0x1b)}\\[[0-9;:?]*[ -/]*[@-~]`, 'gu');

/** A row as one line of text: timestamp, level, chosen columns, message, with tabs between. */
export function copiedLine(hit: LogHit, columns: readonly string[]): string {
  const chosen = columns.filter((name) => name !== SOURCE).map((name) => fieldText(hit, name));
  return [hit.timestamp, hit.level, ...chosen, hit.message].map(cell).join('\t');
}

/** What would end the cell or the line becomes a space. */
function cell(text: string): string {
  return text.replace(TERMINAL_SEQUENCES, '').replace(/[\t\r\n]+/g, ' ');
}
