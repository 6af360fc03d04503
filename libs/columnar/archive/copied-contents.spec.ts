import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { GATHERED, SkipFilterBuilder } from '#store';
import { TEXT_COLUMNS } from '../files/checksum.ts';
import { MOST_GROUP_BYTES, ROW_GROUP_SIZE } from '../files/row-group-size.ts';
import { CopiedContents } from './copied-contents.ts';

const { rows: GROUP_ROWS } = ROW_GROUP_SIZE;

/** A row as COPY writes it. */
function copied(texts: readonly (string | null)[]): Buffer {
  const columns = texts.map((text) =>
    text === null
      ? '\\N'
      : text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t'),
  );
  return Buffer.from(`${['2026-11-24 00:00:00+00', 1, 2, 3, ...columns].join('\t')}\n`);
}

function row(message: string): Buffer {
  return copied([message, ...Array<null>(TEXT_COLUMNS.length - 2).fill(null), '{}']);
}

/** Of texts as a checksum counts them. */
function bytesOf(texts: readonly (string | null)[]): number {
  return texts.reduce((sum, text) => sum + (text === null ? 0 : Buffer.byteLength(text) + 1), 0);
}

/** Reads rows that stand between others. */
function read(contents: CopiedContents, bytes: Buffer): void {
  const before = row('before');
  contents.read(
    Buffer.concat([before, bytes, before]),
    before.length,
    before.length + bytes.length,
  );
}

function filterOf(...messages: readonly string[]): Buffer {
  const builder = new SkipFilterBuilder();
  for (const message of messages) builder.addMessage(Buffer.from(message), 0, GATHERED);
  return builder.build();
}

describe('what is read of rows on their way', () => {
  it('are the words of each row group, and those of the rest', () => {
    const contents = new CopiedContents();
    for (let at = 0; at < GROUP_ROWS; at++) read(contents, row('first'));
    read(contents, row('zwölf'));
    expect(contents.finish()).toEqual([
      { events: GROUP_ROWS, ascii: true, filter: filterOf('first') },
      { events: 1, ascii: false, filter: filterOf('zwölf') },
    ]);
  });

  it('are the bytes of each column of texts, with one more for each text', () => {
    const text = fc.option(
      fc.string({ unit: fc.constantFrom('a', 'N', '=', 'ü', '日', '😀', '\\', '\n', '\t') }),
    );
    const texts = fc.tuple(...TEXT_COLUMNS.map(() => text));
    fc.assert(
      fc.property(fc.array(texts, { maxLength: 5 }), (rows) => {
        const contents = new CopiedContents();
        for (const each of rows) read(contents, copied(each));
        expect(contents.textSums).toEqual(
          TEXT_COLUMNS.map((_, at) => bytesOf(rows.map((each) => each[at] ?? null))),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('are no words where a row group would be too large, but all bytes', () => {
    const contents = new CopiedContents();
    const half = 'y'.repeat(MOST_GROUP_BYTES / 2);
    const messages = ['first', half, half, 'a\tb\\c', null];
    for (const message of messages) {
      const rest = Array<string>(TEXT_COLUMNS.length - 1).fill('\\N');
      read(contents, copied([message, ...rest]));
    }
    expect(contents.finish()).toEqual([]);
    expect(contents.textSums).toEqual(
      TEXT_COLUMNS.map((_, at) => (at === 0 ? bytesOf(messages) : 5 * '\\N.'.length)),
    );
  });
});
