import type { TokenField } from '#event';
import { COPIED, SkipFilterBuilder } from '#store';
import { COLUMN_NAMES } from '../files/columns.ts';
import { FIELDS, type Words } from '../files/row-groups.ts';
import { ROW_GROUP_SIZE } from '../files/row-group-size.ts';

/** What a column is read as. */
type Reading = 'words' | 'nothing' | TokenField;

/** Of all columns but the last, the metadata. */
const READINGS: readonly Reading[] = COLUMN_NAMES.slice(0, -1).map((name) =>
  name === 'message'
    ? 'words'
    : ((FIELDS as Partial<Record<string, TokenField>>)[name] ?? 'nothing'),
);

/**
 * Reads rows in the text format of COPY as they go by: the words of row groups, and how much JSON there is. To read the
 * texts back from the file would cost twice as much.
 */
export class CopiedContents {
  /** Of each `ROW_GROUP_SIZE` rows; `finish` adds those that are left. */
  readonly words: Words[] = [];
  /** Of the column metadata, as COPY writes it. */
  metadataBytes = 0;
  private readonly builder = new SkipFilterBuilder();
  private rows = 0;

  /** @param end of the row, behind its line feed */
  read(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    for (const reading of READINGS) {
      if (reading === 'nothing') while (at < end && bytes[at] !== COPIED.end) at++;
      else if (reading === 'words') at = this.builder.addMessage(bytes, at, COPIED);
      else at = this.builder.addValue(reading, bytes, at, COPIED);
      at++;
    }
    this.metadataBytes += end - 1 - at;
    if (++this.rows === ROW_GROUP_SIZE.rows) this.finish();
  }

  finish(): void {
    if (this.rows === 0) return;
    const { ascii } = this.builder;
    this.words.push({ events: this.rows, ascii, filter: this.builder.build() });
    this.rows = 0;
  }
}
