import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';

/** A request that ought to be refused. */
export interface Garbage {
  readonly name: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  readonly status: number;
  readonly code: string;
  /** What the answer must name. */
  readonly says?: RegExp;
}

const MIB = 1024 * 1024;
/** Inflates to eight times of what is allowed. */
const BOMB = Buffer.alloc(512 * MIB, ' ');
const json = (event: object): string => JSON.stringify(event);

export function garbageBodies(): readonly Garbage[] {
  const refusedEvent = { status: 400, code: 'all-rejected' } as const;
  const tooLarge = { status: 413, code: 'body-too-large' } as const;
  return [
    { name: 'malformed JSON', body: '{"message": "x",, }', status: 400, code: 'malformed-json' },
    { name: 'JSON that is cut off', body: '{"message": "x', status: 400, code: 'malformed-json' },
    { name: 'no body', body: '', status: 400, code: 'empty-body' },
    {
      name: 'bytes that are no text',
      body: Buffer.alloc(4_096, 0xfe),
      status: 400,
      code: 'malformed-json',
    },
    { name: 'a number', body: '17', status: 400, code: 'not-an-event' },
    {
      name: '10,000 levels of arrays',
      body: '['.repeat(10_000) + ']'.repeat(10_000),
      ...refusedEvent,
    },
    { name: '100,000 open arrays', body: '['.repeat(100_000), status: 400, code: 'malformed-json' },
    {
      name: '10,000 levels of objects in the metadata',
      body: `{"message":"x","metadata":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`,
      ...refusedEvent,
      says: /64 levels/,
    },
    {
      name: '5,000 fields',
      body: json({ message: 'x', ...keys(5_000) }),
      ...refusedEvent,
      says: /1000 keys/,
    },
    {
      name: 'a time in year 1',
      body: json({ message: 'x', timestamp: '0001-01-01T00:00:00Z' }),
      ...refusedEvent,
      says: /timestamp/,
    },
    {
      name: 'a time in year 9999',
      body: json({ message: 'x', timestamp: '9999-12-31T23:59:59Z' }),
      ...refusedEvent,
      says: /timestamp/,
    },
    {
      name: 'no time',
      body: json({ message: 'x', timestamp: 'yesterday' }),
      ...refusedEvent,
      says: /timestamp/,
    },
    {
      name: 'a message over 1 MiB',
      body: json({ message: 'x'.repeat(MIB + 1) }),
      ...refusedEvent,
      says: /message/,
    },
    {
      name: 'a service over 1,024 bytes',
      body: json({ message: 'x', service: 'ß'.repeat(513) }),
      ...refusedEvent,
      says: /service/,
    },
    {
      name: '10,001 events',
      body: `[${'{"message":"x"},'.repeat(10_000)}{"message":"x"}]`,
      status: 413,
      code: 'too-many-events',
    },
    {
      name: 'a form',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      body: '--x--',
      status: 415,
      code: 'unsupported-media-type',
    },
    {
      name: 'XML',
      headers: { 'content-type': 'application/xml' },
      body: '<event/>',
      status: 415,
      code: 'unsupported-media-type',
    },
    {
      name: 'another charset',
      headers: { 'content-type': 'application/json; charset=utf-16' },
      body: '{}',
      status: 415,
      code: 'unsupported-media-type',
    },
    {
      name: 'an unreadable content type',
      headers: { 'content-type': ';;;=' },
      body: '{}',
      status: 415,
      code: 'unsupported-media-type',
    },
    {
      name: 'an unknown encoding',
      headers: { 'content-encoding': 'snappy' },
      body: '{}',
      status: 415,
      code: 'unsupported-content-encoding',
    },
    {
      name: 'gzip that is none',
      headers: { 'content-encoding': 'gzip' },
      body: '{"message":"x"}',
      status: 400,
      code: 'corrupt-encoding',
    },
    {
      name: 'a gzip bomb',
      headers: { 'content-encoding': 'gzip' },
      body: gzipSync(BOMB, { level: 1 }),
      ...tooLarge,
    },
    {
      name: 'a deflate bomb',
      headers: { 'content-encoding': 'deflate' },
      body: deflateSync(BOMB, { level: 1 }),
      ...tooLarge,
    },
    {
      name: 'a br bomb',
      headers: { 'content-encoding': 'br' },
      body: brotliCompressSync(BOMB, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
      ...tooLarge,
    },
    {
      name: 'a zstd bomb',
      headers: { 'content-encoding': 'zstd' },
      body: zstdCompressSync(BOMB),
      ...tooLarge,
    },
    {
      name: 'a key of 256 characters',
      headers: { 'idempotency-key': 'k'.repeat(256) },
      body: '{"message":"x"}',
      status: 400,
      code: 'invalid-idempotency-key',
    },
    {
      name: 'another host',
      headers: { host: 'evil.example' },
      body: '{"message":"x"}',
      status: 421,
      code: 'host-not-served',
    },
  ];
}

/** An event that looks bad but is stored, and what must be found of it. */
export interface OddEvent {
  readonly name: string;
  readonly body: string;
  readonly found: { readonly message: string; readonly metadata: unknown };
}

/** `mark` is a word that finds them all. */
export function oddEvents(mark: string): readonly OddEvent[] {
  const large = `${mark} ${'ü'.repeat((MIB - mark.length - 1) / 2 - 1)}`;
  const plain = (message: string): { message: string; metadata: object } => ({
    message: `${mark} ${message}`,
    metadata: {},
  });
  return [
    { name: 'NUL', body: json({ message: `${mark} a\0b` }), found: plain('a\ufffdb') },
    {
      name: 'NUL in metadata',
      body: `{"message":"${mark} 1","metadata":{"a\\u0000":"\\u0000"}}`,
      found: { ...plain('1'), metadata: { 'a\ufffd': '\ufffd' } },
    },
    { name: 'a lone surrogate', body: `{"message":"${mark} \\ud800 x"}`, found: plain('\ufffd x') },
    {
      name: '__proto__',
      body: `{"message":"${mark} 2","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":1}}}`,
      found: {
        ...plain('2'),
        metadata: JSON.parse(
          '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":1}}}',
        ),
      },
    },
    {
      name: '__proto__ in metadata',
      body: `{"message":"${mark} 3","metadata":{"__proto__":{"polluted":true},"toString":"x","hasOwnProperty":1}}`,
      found: {
        ...plain('3'),
        metadata: JSON.parse('{"__proto__":{"polluted":true},"toString":"x","hasOwnProperty":1}'),
      },
    },
    {
      name: 'the largest message',
      body: json({ message: large }),
      found: { message: large, metadata: {} },
    },
    {
      name: 'numbers beyond a double',
      body: `{"message":"${mark} 4","metadata":{"big":12345678901234567890,"huge":1e400}}`,
      found: { ...plain('4'), metadata: { big: '12345678901234567890', huge: '1e400' } },
    },
    {
      name: 'SQL, COPY and CSV signs',
      body: json({ message: `${mark} \\. \\N '; DROP TABLE log_event; --\t\r\n"` }),
      found: plain(`\\. \\N '; DROP TABLE log_event; --\t\r\n"`),
    },
    {
      name: '1,000 keys',
      body: json({ message: `${mark} 5`, metadata: keys(1_000) }),
      found: { ...plain('5'), metadata: keys(1_000) },
    },
    {
      name: '64 levels',
      body: `{"message":"${mark} 6","metadata":${levels(64)}}`,
      found: { ...plain('6'), metadata: JSON.parse(levels(64)) },
    },
    {
      name: 'text directions, joiners and emoji',
      body: json({ message: `${mark} \u202e\u200d👩‍👩‍👧 e\u0301 \ufeff` }),
      found: plain('\u202e\u200d👩‍👩‍👧 e\u0301 \ufeff'),
    },
  ];
}

function keys(count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`key${i}`, i]));
}

function levels(depth: number): string {
  return `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
}
