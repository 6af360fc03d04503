import type { TokenField } from '#event';
import { COPIED, fieldState, SkipFilterBuilder } from '#store';
import { COLUMN_NAMES } from '../files/columns.ts';
import { TOKEN_COLUMNS, type CountedWords } from '../files/row-groups.ts';
import { MOST_GROUP_BYTES, ROW_GROUP_SIZE } from '../files/row-group-size.ts';

/** What a column is read as. */
interface Reading {
  readonly kind: 'words' | 'value' | 'nothing';
  /** Of the field of a value. */
  readonly state: number;
}

/** Of all columns but the last, the metadata. */
const READINGS = COLUMN_NAMES.slice(0, -1).map(readingOf);

function readingOf(column: string): Reading {
  if (column === 'message') return { kind: 'words', state: 0 };
  const field = (TOKEN_COLUMNS as Partial<Record<string, TokenField>>)[column];
  return field === undefined
    ? { kind: 'nothing', state: 0 }
    : { kind: 'value', state: fieldState(field) };
}

/**
 * Reads rows in the text format of COPY as they go by: the words of row groups, and how much JSON there is. To read the
 * texts back from the file would cost twice as much.
 */
export class CopiedContents {
  /** Bytes of the column metadata. */
  metadataBytes = 0;
  private readonly groups: CountedWords[] = [];
  private readonly builder = new SkipFilterBuilder();
  private rows = 0;
  private bytes = 0;
  /** Whether a row group would be too large: the file gets smaller ones. */
  private givenUp = false;

  /** @param end of the row, behind its line feed */
  read(bytes: Uint8Array, start: number, end: number): void {
    this.bytes += end - start;
    if (this.bytes > MOST_GROUP_BYTES) this.giveUp();
    const metadata = this.givenUp ? skip(bytes, start, end) : this.readWords(bytes, start, end);
    this.metadataBytes += textBytes(bytes, metadata, end - 1);
    if (++this.rows === ROW_GROUP_SIZE.rows) this.endGroup();
  }

  /** Of each `ROW_GROUP_SIZE` rows, and of those that are left; none where so many rows are too large for a row group. */
  finish(): readonly CountedWords[] {
    if (this.rows > 0) this.endGroup();
    return this.givenUp ? [] : this.groups;
  }

  /** @returns where the metadata begins */
  private readWords(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    for (const { kind, state } of READINGS) {
      if (kind === 'nothing') while (at < end && bytes[at] !== COPIED.end) at++;
      else if (kind === 'words') at = this.builder.addMessage(bytes, at, COPIED);
      else at = this.builder.addValue(state, bytes, at, COPIED);
      at++;
    }
    return at;
  }

  private endGroup(): void {
    if (!this.givenUp) {
      const { ascii } = this.builder;
      this.groups.push({ events: this.rows, ascii, filter: this.builder.build() });
    }
    this.rows = 0;
    this.bytes = 0;
  }

  private giveUp(): void {
    if (!this.givenUp) this.builder.build();
    this.givenUp = true;
  }
}

/** Where the last column begins. */
function skip(bytes: Uint8Array, start: number, end: number): number {
  return bytes.subarray(start, end).lastIndexOf(COPIED.end) + start + 1;
}

/** Of a text without what COPY put into it: each escape is two bytes for one. */
function textBytes(bytes: Uint8Array, start: number, end: number): number {
  let escapes = 0;
  for (let at = start; at < end; at++) {
    if (bytes[at] === COPIED.escape) {
      escapes++;
      at++;
    }
  }
  return end - start - escapes;
}
