import type { TextRow } from '#store';
import type { Tally } from './tally.ts';

export function groupBySql(keys: number): string {
  if (keys === 0) return '';
  return ` GROUP BY ${Array.from({ length: keys }, (_, index) => index + 1).join(', ')}`;
}

/** A row of keys and, last, the count. */
export function addRow(tally: Tally, row: TextRow): void {
  tally.add(row.slice(0, -1), Number(row.at(-1)));
}
