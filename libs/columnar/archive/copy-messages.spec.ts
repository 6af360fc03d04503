import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import type { Connection } from 'pg';
import { CopyMessages, type RowSink } from './copy-messages.ts';

function message(type: string, body: string | Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, Buffer.from(body)]);
}

const LONG = 'y'.repeat(300);
const ROWS = ['first\n', '\n', 'refused\n', '', `long ${LONG}\n`, 'last\n'];
const READY = message('Z', 'I');
/** What the driver is to see: the messages of one command. */
const OTHERS = [
  message('N', 'a notice'),
  message('H', '\0\0\0'),
  message('S', 'in between'),
  message('c', ''),
  message('C', 'COPY 6\0'),
  READY,
];
const LATER = Buffer.concat([message('d', 'of the next command'), message('Z', 'T')]);

function answer(): Buffer {
  const [notice, out, status, ...rest] = OTHERS as [Buffer, Buffer, Buffer, ...Buffer[]];
  const [first = '', ...others] = ROWS;
  return Buffer.concat([
    notice,
    out,
    message('d', first),
    status,
    ...others.map((row) => message('d', row)),
    ...rest,
    LATER,
  ]);
}

/** Gathers the rows that it takes. */
class Gathered implements RowSink {
  readonly rows: string[] = [];
  begin(bytes: number): boolean {
    if (bytes === 'refused\n'.length) return false;
    this.rows.push('');
    return true;
  }
  append(bytes: Buffer, start: number, end: number): void {
    this.rows.push(`${this.rows.pop() ?? ''}${bytes.toString('latin1', start, end)}`);
  }
}

describe('messages of a COPY', () => {
  const bytes = answer();
  const sizes = [...Array.from({ length: 40 }, (_, at) => at + 1), 64, 300, bytes.length];

  it.each(sizes)('are told apart where they come in pieces of %d bytes', (size) => {
    const stream = new PassThrough();
    const seen: Buffer[] = [];
    const sink = new Gathered();
    let messages: CopyMessages | null = null;
    stream.on('data', (piece: Buffer) => {
      seen.push(piece);
      // As the driver tells the query that the server is ready.
      if (Buffer.concat(seen).equals(Buffer.concat(OTHERS))) messages?.detach();
    });
    const driver = stream.listeners('data');
    messages = new CopyMessages({ stream } as unknown as Connection, sink);
    for (let at = 0; at < bytes.length; at += size) {
      stream.emit('data', Buffer.from(bytes.subarray(at, at + size)));
    }
    expect(sink.rows).toEqual(ROWS.filter((row) => row !== 'refused\n'));
    expect(Buffer.concat(seen)).toEqual(Buffer.concat([...OTHERS, LATER]));
    expect(stream.listeners('data')).toEqual(driver);
  });
});
