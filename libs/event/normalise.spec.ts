import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { JsonObject, JsonValue } from './json.ts';
import { LEVELS } from './level.ts';
import { LIMITS } from './limits.ts';
import { TEXT_FIELDS, type LogEvent } from './log-event.ts';
import { normaliseEvent } from './normalise.ts';
import { parseTimestamp } from './parse-timestamp.ts';
import { MICROS_PER_DAY, MICROS_PER_SECOND } from './timestamp.ts';

const RECEIVED_AT = parseTimestamp('2026-11-24T12:00:00Z')!;

function accepted(value: unknown): LogEvent {
  const outcome = normaliseEvent(value, RECEIVED_AT);
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.event;
}

function metadataOf({ metadataText }: LogEvent): JsonObject {
  return JSON.parse(metadataText) as JsonObject;
}

function reasonOf(value: unknown): string {
  const outcome = normaliseEvent(value, RECEIVED_AT);
  if (outcome.ok) throw new Error('the event was accepted');
  return outcome.reason;
}

/** An event with a message and what the case is about. */
const event = (fields: object): object => ({ message: 'm', ...fields });

function nested(levels: number): JsonValue {
  let value: JsonValue = {};
  for (let level = 1; level < levels; level++) value = { a: value };
  return value;
}

test('a whole event', () => {
  expect(
    accepted({
      level: 'error',
      message: 'Failed to connect to DB',
      resourceId: 'server-1234',
      timestamp: '2023-09-15T08:00:00Z',
      traceId: 'abc-xyz-123',
      spanId: 'span-456',
      commit: '5e5342f',
      metadata: { parentResourceId: 'server-0987' },
    }),
  ).toEqual({
    timestamp: parseTimestamp('2023-09-15T08:00:00Z'),
    level: 'error',
    levelText: null,
    message: 'Failed to connect to DB',
    resourceId: 'server-1234',
    traceId: 'abc-xyz-123',
    spanId: 'span-456',
    commit: '5e5342f',
    service: null,
    eventType: null,
    parentResourceId: 'server-0987',
    metadataText: '{"parentResourceId":"server-0987"}',
  });
});

test('the least event: the time of receipt, level info, the empty message', () => {
  expect(accepted({ message: '' })).toMatchObject({
    timestamp: RECEIVED_AT,
    level: 'info',
    levelText: null,
    message: '',
    metadataText: '{}',
  });
});

describe('levels', () => {
  test.each<[object, string, string | null]>([
    [{ level: 'warn' }, 'warn', null],
    [{ level: 'WARNING' }, 'warn', 'WARNING'],
    [{ severity: 'CRITICAL' }, 'fatal', 'CRITICAL'],
    [{ lvl: 'I' }, 'info', 'I'],
    [{ logLevel: 'Severe' }, 'error', 'Severe'],
    [{ level: 30 }, 'info', '30'],
    [{ level: '3' }, 'error', '3'],
    [{ level: 'loud' }, 'info', 'loud'],
    [{ level: '' }, 'info', ''],
    [{ level: true }, 'info', 'true'],
    [{ level: { name: 'error' } }, 'info', '{"name":"error"}'],
    [{ level: null }, 'info', null],
    [{ event_type: 'ERROR' }, 'error', 'ERROR'],
    [{ event_type: 'error' }, 'error', null],
    [{ eventType: 'WARNING' }, 'warn', 'WARNING'],
    [{ event_type: 'login' }, 'info', null],
    [{ event_type: 3 }, 'info', null],
    [{ event_type: 'ERROR', level: 'debug' }, 'debug', null],
    [{ event_type: 'ERROR', level: 'loud' }, 'info', 'loud'],
    [{ event_type: 'ERROR', level: null }, 'error', 'ERROR'],
  ])('%j', (fields, level, levelText) => {
    const { level: actual, levelText: text } = accepted(event(fields));
    expect([actual, text]).toEqual([level, levelText]);
  });

  test('event_type is kept as eventType, also where it gives the level', () => {
    expect(accepted(event({ event_type: 'INFO' })).eventType).toBe('INFO');
  });
});

describe('aliases', () => {
  test.each<[object, Partial<LogEvent>]>([
    [{ time: 0 }, { timestamp: 0 }],
    [{ ts: 0 }, { timestamp: 0 }],
    [{ '@timestamp': 0 }, { timestamp: 0 }],
    [{ resource_id: 'r' }, { resourceId: 'r' }],
    [{ trace_id: 't' }, { traceId: 't' }],
    [{ span_id: 's' }, { spanId: 's' }],
    [{ source: 'auth' }, { service: 'auth' }],
    [{ 'service.name': 'auth' }, { service: 'auth' }],
    [{ source: null, 'service.name': 'auth' }, { service: 'auth' }],
    [{ service: null, source: 'auth' }, { service: 'auth' }],
  ])('%j', (fields, expected) => {
    expect(accepted(event(fields))).toMatchObject({ ...expected, metadataText: '{}' });
  });

  test.each(['message', 'msg', 'body', 'log', '@message'])('the message as %s', (name) => {
    expect(accepted({ [name]: 'hello' })).toMatchObject({ message: 'hello', metadataText: '{}' });
  });

  test.each<[object, string, string, object]>([
    [
      { 'service.name': 'c', source: 'b', service: 'a' },
      'service',
      'a',
      { source: 'b', 'service.name': 'c' },
    ],
    [{ service: 'a', source: 'b' }, 'service', 'a', { source: 'b' }],
    [{ 'service.name': 'c', source: 'b' }, 'service', 'b', { 'service.name': 'c' }],
    [{ trace_id: 'b', traceId: 'a' }, 'traceId', 'a', { trace_id: 'b' }],
    [{ log: 'b', msg: 'a', message: 'x' }, 'message', 'x', { log: 'b', msg: 'a' }],
    [{ lvl: 'warn', severity: 'error' }, 'level', 'error', { lvl: 'warn' }],
    [
      { source: 'b', service: 'a', metadata: { source: 1 } },
      'service',
      'a',
      { source: 1, _source: 'b' },
    ],
  ])('%j: %s is %j, what lost is metadata', (fields, field, value, metadata) => {
    const result = accepted(event(fields));
    expect(result[field as keyof LogEvent]).toBe(value);
    expect(metadataOf(result)).toEqual(metadata);
  });
});

describe('texts', () => {
  test.each<[unknown, string]>([
    [5, '5'],
    [1.5, '1.5'],
    [true, 'true'],
    [{ a: [1, null] }, '{"a":[1,null]}'],
    [['x'], '["x"]'],
    [{ a: 'x\0\uD800' }, '{"a":"x\uFFFD\uFFFD"}'],
  ])('%j becomes %j', (sent, text) => {
    expect(accepted({ message: sent }).message).toBe(text);
    expect(accepted(event({ resourceId: sent })).resourceId).toBe(text);
  });

  test('NUL and lone surrogates become U+FFFD in every text', () => {
    const dirty = 'a\0b\uD800c\uDC00\u{1F600}';
    const clean = 'a\uFFFDb\uFFFDc\uFFFD\u{1F600}';
    const fields = [...TEXT_FIELDS, 'message', 'level'];
    const result = accepted(Object.fromEntries(fields.map((field) => [field, dirty])));
    for (const field of [...TEXT_FIELDS, 'message', 'levelText'] as const) {
      expect(result[field]).toBe(clean);
    }
  });
});

describe('metadata', () => {
  test.each<[object, object]>([
    [{ metadata: null }, {}],
    [{ metadata: 'text' }, { value: 'text' }],
    [{ metadata: 5 }, { value: 5 }],
    [{ metadata: [1, [2]] }, { value: [1, [2]] }],
    [
      { metadata: 'text', value: 1 },
      { value: 'text', _value: 1 },
    ],
    [
      { user: { id: 1 }, gone: null },
      { user: { id: 1 }, gone: null },
    ],
    [
      { a: 1, metadata: { a: 2 } },
      { a: 2, _a: 1 },
    ],
    [
      { a: 1, _a: 2, metadata: { a: 3 } },
      { a: 3, _a: 1, __a: 2 },
    ],
    [
      { metadata: { 'k\0': 'v\0', 'k\uFFFD': ['\uDFFF'] } },
      { 'k\uFFFD': 'v\uFFFD', '_k\uFFFD': ['\uFFFD'] },
    ],
    [{ metadata: { zero: -0 } }, { zero: 0 }],
    [{ metadata: { text: '\\u0000 \\ud800' } }, { text: '\\u0000 \\ud800' }],
  ])('%j becomes %j', (fields, metadata) => {
    const result = accepted(event(fields));
    expect(metadataOf(result)).toEqual(metadata);
  });

  test.each<[unknown, string | null]>([
    ['server-1', 'server-1'],
    [17, '17'],
    [true, null],
    [null, null],
    [{ id: 1 }, null],
  ])('parentResourceId %j is the column %j', (sent, column) => {
    expect(accepted(event({ metadata: { parentResourceId: sent } })).parentResourceId).toBe(column);
    expect(accepted(event({ parentResourceId: sent })).parentResourceId).toBe(column);
  });

  test('__proto__ is a key like any other', () => {
    const sent: unknown = JSON.parse(
      '{"message":"m","__proto__":{"a":1},"metadata":{"__proto__":{"level":"x"},"in":{"__proto__":"\\u0000"}}}',
    );
    expect(accepted(sent).metadataText).toBe(
      '{"__proto__":{"level":"x"},"in":{"__proto__":"\uFFFD"},"___proto__":{"a":1}}',
    );
    expect(accepted(JSON.parse('{"message":"m","__proto__":{"a":1}}')).metadataText).toBe(
      '{"__proto__":{"a":1}}',
    );
  });

  test.each(['constructor', 'toString', 'hasOwnProperty'])('%s is an unknown field', (name) => {
    expect(metadataOf(accepted(event({ [name]: 1 })))).toEqual({ [name]: 1 });
  });
});

describe('rejections name the field, the value or limit, and the remedy', () => {
  test.each<[string, unknown, RegExp]>([
    ['null', null, /JSON object, but this is null/],
    ['a text', 'x', /JSON object, but this is "x"/],
    ['an array', [[]], /JSON object, but this is an array/],
    ['no message', { level: 'info' }, /^message is missing; send it/],
    ['a null message', { message: null }, /^message is missing/],
    ['no time', event({ timestamp: 'soon' }), /^timestamp "soon" is not a time; send RFC 3339/],
    ['a false time', event({ ts: false }), /^timestamp false is not a time/],
    ['an empty time', event({ timestamp: '' }), /^timestamp "" is not a time/],
    [
      'year 1',
      event({ timestamp: '0001-01-01T00:00:00Z' }),
      /before 1970-01-01T00:00:00Z; correct/,
    ],
    ['a negative epoch', event({ timestamp: -1 }), /^timestamp -1 is before 1970/],
    ['year 9999', event({ timestamp: '9999-12-31T00:00:00Z' }), /more than a day ahead of/],
    [
      'a long message',
      event({ message: 'x'.repeat(LIMITS.messageBytes + 1) }),
      /^message takes 1048577 bytes, more than 1048576/,
    ],
    [
      'a long message of 3-byte characters',
      event({ message: '語'.repeat(349_526) }),
      /^message takes 1048578 bytes/,
    ],
    [
      'a message of escapes',
      event({ message: '\u0001'.repeat(700_000) }),
      /^message takes \d+ bytes as JSON/,
    ],
    [
      'a long level',
      event({ level: 'x'.repeat(1_025) }),
      /^level takes 1025 bytes, more than 1024/,
    ],
    [
      'much metadata',
      event({ metadata: { a: 'x'.repeat(LIMITS.metadataBytes) } }),
      /^metadata takes 262152 bytes as JSON, more than 262144/,
    ],
    ['a deep message', event({ message: nested(65) }), /^message is nested more than 64 levels/],
    ['deep metadata', event({ metadata: nested(65) }), /^metadata is nested more than 64 levels/],
    ['a deep unknown field', event({ a: nested(64) }), /^metadata is nested more than 64 levels/],
    [
      'a long key',
      event({ metadata: { ['k'.repeat(513)]: 1 } }),
      /^metadata key "k+…" is larger than 512 bytes/,
    ],
    [
      'a long key once cleaned',
      event({ metadata: { ['\0'.repeat(171)]: 1 } }),
      /is larger than 512 bytes/,
    ],
    [
      'a long key of 2-byte characters',
      event({ metadata: { a: { ['é'.repeat(257)]: 1 } } }),
      /is larger than 512 bytes/,
    ],
  ])('%s', (_name, sent, reason) => {
    expect(reasonOf(sent)).toMatch(reason);
  });

  test.each(TEXT_FIELDS)('%s over 1,024 bytes', (field) => {
    expect(accepted(event({ [field]: 'é'.repeat(512) }))[field]).toHaveLength(512);
    expect(reasonOf(event({ [field]: `${'é'.repeat(512)}x` }))).toBe(
      `${field} takes 1025 bytes, more than 1024; shorten it`,
    );
  });

  test('keys count in all levels, unknown top-level fields too', () => {
    const keys = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, at]));
    expect(Object.keys(metadataOf(accepted(event(keys(1_000)))))).toHaveLength(1_000);
    for (const sent of [
      keys(1_001),
      { metadata: { a: [keys(1_000)] } },
      { a: {}, metadata: keys(1_000) },
    ]) {
      expect(reasonOf(event(sent))).toMatch(/^metadata holds more than 1000 keys/);
    }
  });

  test('the limits themselves are accepted', () => {
    accepted({ message: 'x'.repeat(LIMITS.messageBytes) });
    accepted({ message: nested(64), metadata: nested(64) });
    accepted(event({ metadata: { ['k'.repeat(512)]: 1 } }));
    accepted(event({ metadata: { a: 'x'.repeat(LIMITS.metadataBytes - 8) } }));
    accepted(event({ timestamp: 0 }));
  });

  test('nesting of any depth is rejected without recursion', () => {
    const deep: unknown = JSON.parse('{"a":'.repeat(50_000) + '[]' + '}'.repeat(50_000));
    expect(reasonOf(event({ metadata: deep }))).toMatch(/nested/);
    expect(reasonOf(event({ unknown: deep }))).toMatch(/nested/);
    expect(reasonOf(event({ commit: deep }))).toMatch(/nested/);
    expect(reasonOf(event({ timestamp: deep }))).toMatch(/nested/);
  });
});

describe('the bound that depends on the time of receipt', () => {
  test('a day ahead is accepted, more is not', () => {
    const limit = RECEIVED_AT + MICROS_PER_DAY;
    expect(accepted(event({ timestamp: limit })).timestamp).toBe(limit);
    expect(reasonOf(event({ timestamp: limit + 1 }))).toMatch(
      /^timestamp 2026-11-25T12:00:00.000001Z/,
    );
  });

  test('comes last, and only then a rejection has a size: the one of the event when accepted', () => {
    const timestamp = RECEIVED_AT + 2 * MICROS_PER_DAY;
    const late = normaliseEvent(event({ timestamp }), RECEIVED_AT);
    const then = normaliseEvent(event({ timestamp }), timestamp - MICROS_PER_SECOND);
    expect(then).toMatchObject({ ok: true });
    expect(late).toMatchObject({ ok: false, bytes: then.bytes });
    const bad = event({ timestamp, commit: 'x'.repeat(2_000) });
    expect(normaliseEvent(bad, RECEIVED_AT)).toMatchObject({
      ok: false,
      bytes: null,
      reason: expect.stringMatching(/^commit/),
    });
  });
});

test('whatever JSON is sent: no exception, and an accepted event is clean and within bounds', () => {
  const names = fc.constantFrom(
    ...['timestamp', 'ts', 'level', 'event_type', 'message', 'msg', 'service', 'source'],
    ...['metadata', 'parentResourceId', '__proto__', 'a', '_a', 'k\0'],
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom('\0', '\uD800', 'x\uDC00', '2023-09-15T08:00:00Z', 'ERROR', '3'),
  );
  const json = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      texts,
      fc.double(),
      fc.integer(),
      fc.constantFrom(null, true, -0),
      fc.array(tie('value')),
      fc.dictionary(fc.oneof(names, texts), tie('value')),
    ),
  })).value;
  const sent = fc.oneof(json, fc.dictionary(names, json));
  fc.assert(
    fc.property(sent, (value) => {
      // Through JSON text, as every body comes: own `__proto__` keys included.
      const outcome = normaliseEvent(JSON.parse(JSON.stringify(value)), RECEIVED_AT);
      if (outcome.ok) expectCanonical(outcome.event);
      else expect(outcome.reason).not.toBe('');
    }),
    { numRuns: 2_000 },
  );
});

function expectCanonical(result: LogEvent): void {
  expect(Number.isSafeInteger(result.timestamp)).toBe(true);
  expect(LEVELS).toContain(result.level);
  for (const field of [...TEXT_FIELDS, 'levelText', 'message', 'metadataText'] as const) {
    const text = result[field] ?? '';
    expect(text.isWellFormed() && !text.includes('\0')).toBe(true);
  }
  expect(typeof metadataOf(result)).toBe('object');
  expect(unescaped(result.metadataText)).not.toMatch(/\\u0000|\\ud[89a-f]/);
}

/** JSON text without its escaped backslashes, so that what looks like an escape is one. */
function unescaped(json: string): string {
  return json.replaceAll('\\\\', '');
}
