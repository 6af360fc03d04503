import type { TokenField } from '#event';
import { COPIED, escapesOf, fieldState, isAbsent, SkipFilterBuilder } from '#store';
import { TEXT_COLUMNS } from '../files/checksum.ts';
import { COLUMN_NAMES } from '../files/columns.ts';
import { TOKEN_COLUMNS, type CountedWords } from '../files/row-groups.ts';
import { MOST_GROUP_BYTES, ROW_GROUP_SIZE } from '../files/row-group-size.ts';

/** What a column is read as. */
interface Reading {
  readonly kind: 'words' | 'value' | 'nothing';
  /** Of the field of a value. */
  readonly state: number;
  /** Of the columns of texts; -1: it has none. */
  readonly text: number;
}

/** Of all columns but the last, the metadata. */
const READINGS = COLUMN_NAMES.slice(0, -1).map(readingOf);
const METADATA = TEXT_COLUMNS.length - 1;

function readingOf(column: (typeof COLUMN_NAMES)[number]): Reading {
  const text = TEXT_COLUMNS.indexOf(column);
  if (column === 'message') return { kind: 'words', state: 0, text };
  const field = (TOKEN_COLUMNS as Partial<Record<string, TokenField>>)[column];
  return field === undefined
    ? { kind: 'nothing', state: 0, text }
    : { kind: 'value', state: fieldState(field), text };
}

/**
 * Reads rows in the text format of COPY as they go by: the words of row groups, and how much text there is. To read the
 * texts back from the file would cost twice as much.
 */
export class CopiedContents {
  /** Of each of `TEXT_COLUMNS`, as a checksum counts them. */
  readonly textSums: number[] = TEXT_COLUMNS.map(() => 0);
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
    let at = start;
    for (const { kind, state, text } of READINGS) {
      const from = at;
      const { escapes } = this.builder;
      at = this.readText(this.givenUp ? 'nothing' : kind, state, bytes, at);
      if (text >= 0) this.count(text, bytes, from, at, this.builder.escapes - escapes);
      at++;
    }
    const last = end - 1;
    this.count(METADATA, bytes, at, last, escapesOf(bytes, at, last, COPIED));
    if (++this.rows === ROW_GROUP_SIZE.rows) this.endGroup();
  }

  /** Of each `ROW_GROUP_SIZE` rows, and of those that are left; none where so many rows are too large for a row group. */
  finish(): readonly CountedWords[] {
    if (this.rows > 0) this.endGroup();
    return this.givenUp ? [] : this.groups;
  }

  /** @returns where the text ends */
  private readText(kind: Reading['kind'], state: number, bytes: Uint8Array, start: number): number {
    if (kind === 'words') return this.builder.addMessage(bytes, start, COPIED);
    if (kind === 'value') return this.builder.addValue(state, bytes, start, COPIED);
    return this.builder.passOver(bytes, start, COPIED);
  }

  private count(text: number, bytes: Uint8Array, from: number, to: number, escapes: number): void {
    if (isAbsent(bytes, from, COPIED)) return;
    this.textSums[text] = (this.textSums[text] as number) + to - from - escapes + 1;
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
