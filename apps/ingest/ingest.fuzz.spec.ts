import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MemoryStore } from '../../libs/delivery/testing/memory-store.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

let store: MemoryStore;
let server: TestServer;

beforeAll(async () => {
  store = new MemoryStore();
  server = await startTestServer(store);
});
afterAll(() => server.close());

const NASTY_TEXT = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\0', '\ud800', '\udfff', '__proto__', 'constructor', '\u2028', '﻿'),
);
const FIELD = fc.oneof(
  NASTY_TEXT,
  fc.constantFrom('level', 'message', 'msg', 'timestamp', 'ts', 'metadata', 'service', 'traceId'),
);
const VALUE = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  NASTY_TEXT,
  fc.constantFrom(1e308, -1, 0, 253_402_300_799, '0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z'),
);
const EVENT = fc.dictionary(FIELD, VALUE, { maxKeys: 12 });
const EVENTS = fc.array(fc.oneof(EVENT, EVENT, VALUE), { maxLength: 20 });
const BODY = fc.oneof(
  EVENTS.map((events) => JSON.stringify(events)),
  EVENTS.map((events) => events.map((event) => JSON.stringify(event)).join('\n')),
  EVENT.map((event) => JSON.stringify(event)),
  fc.tuple(EVENTS, fc.nat(500)).map(([events, cut]) => JSON.stringify(events).slice(0, cut)),
  fc.string({ unit: 'binary' }),
);
const BYTES = fc.oneof(
  BODY.map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
);
const TYPE = fc.constantFrom(
  'application/json',
  'application/x-ndjson',
  'text/plain',
  'application/x-www-form-urlencoded',
  'application/json; charset=latin1',
  'image/png',
  'a',
);
const ENCODING = fc.constantFrom('identity', 'gzip', 'deflate', 'br', 'zstd', 'compress', 'plain');

function encode(body: Buffer, encoding: string, honest: boolean): Buffer {
  if (!honest) return body;
  if (encoding === 'gzip') return gzipSync(body);
  if (encoding === 'deflate') return deflateSync(body);
  if (encoding === 'zstd') return zstdCompressSync(body);
  return body;
}

interface AnswerBody {
  readonly accepted?: number;
  readonly rejected?: readonly { readonly index: number; readonly reason: string }[];
  readonly code?: string;
}

describe('any body', () => {
  it('is stored or refused with a clear 4xx, and what is counted is what is stored', async () => {
    await fc.assert(
      fc.asyncProperty(
        BYTES,
        TYPE,
        ENCODING,
        fc.boolean(),
        async (bytes, type, encoding, honest) => {
          const before = store.events().length;
          const headers: Record<string, string> = { 'content-type': type };
          if (encoding !== 'plain') headers['content-encoding'] = encoding;
          const body = new Uint8Array(encode(bytes, encoding, honest));
          const response = await fetch(`${server.url}/logs`, { method: 'POST', body, headers });
          const answer = (await response.json()) as AnswerBody;
          expect([202, 400, 413, 415]).toContain(response.status);
          expect(store.events().length - before).toBe(answer.accepted ?? 0);
          for (const { index, reason } of answer.rejected ?? []) {
            expect(index).toBeGreaterThanOrEqual(0);
            expect(reason).not.toBe('');
          }
          if (response.status !== 202) expect(answer.code).toMatch(/^[a-z-]+$/);
        },
      ),
      { numRuns: 400 },
    );
    for (const event of store.events()) {
      expect(event.message.isWellFormed() && !event.message.includes('\0')).toBe(true);
    }
  });
});
