import { eventId, formatTimestamp, TEXT_FIELDS, type JsonValue, type StoredEvent } from '#event';

import { compactJson } from '../hits/compact-json.ts';
import type { Column } from './chosen-columns.ts';

const COLUMNS = ['id', 'timestamp', 'level', 'levelText', 'message', ...TEXT_FIELDS, 'metadata'];

const LINE_END = '\r\n';

export const CSV_HEADER = COLUMNS.join(',') + LINE_END;

/** One event as a record of RFC 4180; the metadata is JSON text, an absent field the empty text. */
export function csvRecord(event: StoredEvent): string {
  const texts = TEXT_FIELDS.map((field) => cell(event[field]));
  const fixed = [eventId(event), formatTimestamp(event.timestamp), event.level];
  const cells = [...fixed, cell(event.levelText), cell(event.message), ...texts];
  return `${cells.join(',')},${cell(compactJson(event.metadataText))}${LINE_END}`;
}

export function csvHeader(columns: readonly Column[]): string {
  return columns.map(({ name }) => cell(name)).join(',') + LINE_END;
}

/** The chosen fields of one event; what is no text is JSON. */
export function csvCells(event: StoredEvent, columns: readonly Column[]): string {
  const texts = columns.map(({ valueOf }) => cellText(valueOf(event)));
  return texts.map(cell).join(',') + LINE_END;
}

function cellText(value: JsonValue): string | null {
  return value === null || typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * A cell whose text a spreadsheet would take for a formula gets a leading apostrophe.
 * Source: OWASP, "CSV Injection".
 */
function cell(value: string | null): string {
  if (value === null || value === '') return '';
  const safe = /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
