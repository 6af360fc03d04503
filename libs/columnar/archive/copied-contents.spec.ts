import { describe, expect, it } from '@jest/globals';
import { GATHERED, SkipFilterBuilder } from '#store';
import { MOST_GROUP_BYTES, ROW_GROUP_SIZE } from '../files/row-group-size.ts';
import { CopiedContents } from './copied-contents.ts';

const { rows: GROUP_ROWS } = ROW_GROUP_SIZE;

function row(message: string, metadata = '{}'): Buffer {
  const columns = ['2026-11-24 00:00:00+00', 1, 2, 3, message, ...Array<string>(8).fill('\\N')];
  return Buffer.from(`${[...columns, metadata].join('\t')}\n`);
}

/** Reads rows that stand between others. */
function read(contents: CopiedContents, bytes: Buffer): void {
  const before = row('before', '"before"');
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

  it('are the bytes of metadata as Postgres has it', () => {
    const contents = new CopiedContents();
    const texts = ['{}', '{"a": "\\\\"}', '{"path": "C:\\\\\\\\logs\\\\n"}', '{"ü": "日本"}'];
    for (const text of texts) read(contents, row('x', text.replaceAll('\\', '\\\\')));
    expect(contents.metadataBytes).toBe(Buffer.byteLength(texts.join('')));
  });

  it('are no words where a row group would be too large, but all bytes of metadata', () => {
    const contents = new CopiedContents();
    const half = 'y'.repeat(MOST_GROUP_BYTES / 2);
    read(contents, row('first'));
    read(contents, row(half));
    read(contents, row(half, '{"a":1}'));
    read(contents, row('last', '{"\\\\\\\\":1}'));
    expect(contents.finish()).toEqual([]);
    expect(contents.metadataBytes).toBe('{}{}{"a":1}{"\\\\":1}'.length);
  });
});
