import { gunzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { BATCH_BYTES, LEVELS, LIMITS, parseTimestamp, type Level } from '#event';

import type { IntakeResult, ReadEvents, RefusedBody } from './intake-result.ts';
import { readEvents } from './read-events.ts';

const RECEIVED_AT = parseTimestamp('2026-11-24T12:00:00Z')!;
const NDJSON = 'application/x-ndjson';

function read(body: string | Buffer, contentType?: string): IntakeResult {
  return readEvents(Buffer.from(body as string), contentType, 'json', RECEIVED_AT);
}

function events(body: string | Buffer, contentType?: string): ReadEvents {
  const result = read(body, contentType);
  if (result.kind !== 'events') throw new Error(result.detail);
  return result;
}

function refusal(body: string | Buffer, contentType?: string): RefusedBody {
  const result = read(body, contentType);
  if (result.kind !== 'refused') throw new Error('the body was read');
  return result;
}

const messages = (result: ReadEvents): string[] => result.events.map((event) => event.message);

describe('layouts', () => {
  test.each<[string, string, string | undefined, string[]]>([
    ['one event', '{"message":"a"}', 'application/json', ['a']],
    ['an array', '[{"message":"a"},{"message":"b"}]', 'application/json', ['a', 'b']],
    ['an empty array', ' [ ] ', 'application/json', []],
    ['NDJSON', '{"message":"a"}\n{"message":"b"}\n', NDJSON, ['a', 'b']],
    ['NDJSON without the last line break', '{"message":"a"}\n{"message":"b"}', NDJSON, ['a', 'b']],
    ['NDJSON of Windows', '{"message":"a"}\r\n\r\n{"message":"b"}\r\n', NDJSON, ['a', 'b']],
    [
      'NDJSON with empty lines',
      '\n  \n{"message":"a"}\n\t\n {"message":"b"}\n\n',
      NDJSON,
      ['a', 'b'],
    ],
    ['NDJSON of one line', '{"message":"a"}\n', NDJSON, ['a']],
    ['NDJSON as JSON', '{"message":"a"}\n{"message":"b"}', 'application/json', ['a', 'b']],
    ['NDJSON as text', '{"message":"a"}\n{"message":"b"}', 'text/plain', ['a', 'b']],
    ['NDJSON of no type', '\n{"message":"a"}\n\n{"message":"b"}', undefined, ['a', 'b']],
    ['indented JSON', '{\n  "message": "a",\n  "b": {\n    "c": 1\n  }\n}\n', 'text/plain', ['a']],
    ['an indented array', '[\n{"message":"a"},\n{"message":"b"}\n]\n', undefined, ['a', 'b']],
    ['a byte order mark', '\uFEFF{"message":"a"}', 'application/json', ['a']],
    [
      'a byte order mark before NDJSON',
      '\uFEFF{"message":"a"}\n{"message":"b"}',
      NDJSON,
      ['a', 'b'],
    ],
    ['the form type of curl', ' {"message":"a"}', 'application/x-www-form-urlencoded', ['a']],
    [
      'the form type with an array',
      '\uFEFF\n[{"message":"a"}]',
      'application/x-www-form-urlencoded',
      ['a'],
    ],
  ])('%s', (_name, body, contentType, expected) => {
    const result = events(body, contentType);
    expect(messages(result)).toEqual(expected);
    expect(result).toMatchObject({ rejected: [], total: expected.length });
  });

  test.each([
    'application/json',
    'Application/JSON; charset=UTF-8',
    'application/json;charset="utf-8"',
    'application/cloudevents+json',
    'application/x-ndjson',
    'application/ndjson',
    'application/jsonl; charset=utf8',
    'text/plain',
    'text/plain; charset=us-ascii',
    '',
  ])('the content type %j is read', (contentType) => {
    expect(messages(events('{"message":"ä"}', contentType))).toEqual(['ä']);
  });

  test('text/plain in ISO-8859-1 is read as such', () => {
    const body = Buffer.from('{"message":"ä"}', 'latin1');
    expect(messages(events(body, 'text/plain; charset=ISO-8859-1'))).toEqual(['ä']);
  });
});

describe('refusals', () => {
  test.each<[string, string, string | undefined, number, string, RegExp]>([
    ['an empty body', '', undefined, 400, 'empty-body', /send one JSON event/],
    ['blank lines', ' \n\n', NDJSON, 400, 'empty-body', /send one JSON event/],
    ['only a byte order mark', '\uFEFF', 'application/json', 400, 'empty-body', /empty/],
    [
      'XML',
      '<a/>',
      'application/xml',
      415,
      'unsupported-media-type',
      /"application\/xml".*send application\/json/,
    ],
    ['protobuf', 'x', 'application/x-protobuf', 415, 'unsupported-media-type', /send/],
    ['a form', 'a=1', 'application/x-www-form-urlencoded', 415, 'unsupported-media-type', /curl/],
    [
      'an empty form',
      '',
      'application/x-www-form-urlencoded',
      415,
      'unsupported-media-type',
      /curl/,
    ],
    [
      'another charset',
      '{}',
      'application/json; charset=utf-16',
      415,
      'unsupported-media-type',
      /"utf-16".*UTF-8/,
    ],
    ['cut JSON', '{"message":"a"', undefined, 400, 'malformed-json', /line 1, column 15/],
    [
      'cut indented JSON',
      '{\n "message": "a"\n',
      'text/plain',
      400,
      'malformed-json',
      /line 3, column 1/,
    ],
    [
      'a cut array of lines',
      '[\n{"message":"a"},\n{"message":"b"}\n',
      undefined,
      400,
      'malformed-json',
      /line 4, column 1/,
    ],
    [
      'an error in indented JSON',
      '{\n "message": "a",\n "b": tru\n}',
      undefined,
      400,
      'malformed-json',
      /line 3, column 7/,
    ],
    ['plain text', 'hello\nworld', 'text/plain', 400, 'malformed-json', /line 1, column 1/],
    [
      'two events in one line',
      '{"message":"a"}{"message":"b"}',
      undefined,
      400,
      'malformed-json',
      /column 16/,
    ],
    ['a number', '5', undefined, 400, 'not-an-event', /the JSON value 5; send an event/],
    ['null', 'null', undefined, 400, 'not-an-event', /null/],
    ['a text', '"x"', 'application/json', 400, 'not-an-event', /"x"/],
  ])('%s', (_name, body, contentType, status, code, detail) => {
    expect(refusal(body, contentType)).toEqual({
      kind: 'refused',
      status,
      code,
      detail: expect.stringMatching(detail),
    });
  });

  test('more than 10,000 events', () => {
    const most = Array.from({ length: LIMITS.eventsPerRequest }, () => '{"message":"a"}');
    const more = [...most, 'broken'];
    expect(events(`[${most.join(',')}]`).total).toBe(10_000);
    expect(events(most.join('\n\n'), NDJSON).total).toBe(10_000);
    const answer = { status: 413, code: 'too-many-events' };
    expect(refusal(`[${most.join(',')},1]`)).toMatchObject(answer);
    expect(refusal(more.join('\n'), NDJSON)).toMatchObject(answer);
    expect(refusal(more.join('\n'), 'text/plain')).toMatchObject(answer);
  });
});

describe('rejected events', () => {
  test('are named by their index, the others are read', () => {
    const result = events('[1,{"message":"a"},{"level":"info"},null,[],{"message":"b"}]');
    expect(messages(result)).toEqual(['a', 'b']);
    expect(result.rejected.map(({ index }) => index)).toEqual([0, 2, 3, 4]);
    expect(result.rejected[1]!.reason).toMatch(/message is missing/);
    expect(result.total).toBe(6);
  });

  test('indexes of NDJSON count the lines that are not empty', () => {
    const result = events('{"message":"a"}\n\n{bad\n[]\n\n{"message":"b"}', NDJSON);
    expect(messages(result)).toEqual(['a', 'b']);
    expect(result.rejected).toEqual([
      {
        index: 1,
        reason:
          'the line is malformed JSON: at line 1, column 2, expected a key in double quotes or "}" but found "b"',
      },
      { index: 2, reason: 'an event is a JSON object, but this is an array' },
    ]);
  });

  test('a bad first line does not hide that the body is NDJSON', () => {
    expect(messages(events('{"message":\n{"message":"b"}', 'text/plain'))).toEqual(['b']);
    expect(messages(events('{"message":"a"}\nnonsense', 'application/json'))).toEqual(['a']);
  });
});

test('the formats that senders of other systems use', () => {
  const sent = [
    { timestamp: '2024-10-08T00:00:00Z', level: 'ERROR', message: 'Database connection failed.' },
    {
      timestamp: '2023-11-07T10:00:00Z',
      event_type: 'INFO',
      message: 'User login successful',
      source: 'auth-service',
    },
  ];
  expect(events(JSON.stringify(sent)).events).toMatchObject([
    { level: 'error', levelText: 'ERROR', message: 'Database connection failed.', service: null },
    { level: 'info', eventType: 'INFO', service: 'auth-service', metadataText: '{}' },
  ]);
});

test('numbers that a double cannot hold come as text, wherever they stand', () => {
  const body =
    '{"message":12345678901234567890,"timestamp":1694764800123456789,"resourceId":9007199254740993,' +
    '"metadata":{"a":[[1e400,{"b":-9007199254740993}]],"c":1.5}}';
  for (const contentType of [NDJSON, 'application/json']) {
    expect(events(body, contentType).events).toMatchObject([
      {
        message: '12345678901234567890',
        timestamp: 1_694_764_800_123_456,
        resourceId: '9007199254740993',
        metadataText: '{"a":[["1e400",{"b":"-9007199254740993"}]],"c":1.5}',
      },
    ]);
  }
});

test.each<[string, string, string]>([
  ['millions of empty arrays', `[{"a":[${'[],'.repeat(5_000_000)}[]]}]`, 'too-complex'],
  ['millions of numbers', `[{"message":"x","a":[${'1,'.repeat(5_000_000)}1]}]`, 'too-complex'],
  ['millions of keys', `{${'"a":1,'.repeat(5_000_000)}"b":1}`, 'too-complex'],
  ['endless nesting', '['.repeat(2_000_000), 'too-complex'],
  ['millions of elements', `[${'1,'.repeat(5_000_000)}1]`, 'too-many-events'],
])('%s are refused before they are parsed', (_name, body, code) => {
  expect(refusal(body, 'application/json')).toMatchObject({ status: 413, code });
});

test('a large message with brackets and quotes is no weight', () => {
  const message = '[{"\\,:'.repeat(130_000);
  expect(messages(events(JSON.stringify([{ message }])))).toEqual([message]);
});

test('bytes that are no UTF-8 become U+FFFD', () => {
  const body = Buffer.concat([
    Buffer.from('{"message":"a'),
    Buffer.from([0xff, 0xc3]),
    Buffer.from('"}'),
  ]);
  expect(messages(events(body))).toEqual(['a\uFFFD\uFFFD']);
});

test('nesting of 10,000 levels is a rejection, with big numbers too', () => {
  const deep = `${'['.repeat(10_000)}12345678901234567890${']'.repeat(10_000)}`;
  const result = events(`[{"message":"a","metadata":${deep}},{"message":"b"}]`);
  expect(messages(result)).toEqual(['b']);
  expect(result.rejected).toEqual([
    { index: 0, reason: expect.stringMatching(/nested more than 64/) },
  ]);
  expect(refusal(deep.slice(0, -1)).code).toBe('malformed-json');
});

describe('the cut into batches', () => {
  const big = (timestamp: string, size: number) => ({ message: 'x'.repeat(size), timestamp });
  const now = '2026-11-24T00:00:00Z';
  const ahead = '2026-12-24T00:00:00Z';

  test('covers the events in order', () => {
    const result = events(JSON.stringify([big(now, 200_000), big(now, 100_000), big(now, 10)]));
    expect(result.parts).toEqual([
      { start: 0, end: 1 },
      { start: 1, end: 3 },
    ]);
    expect(result.sizes[0]).toBeGreaterThan(200_000);
  });

  test('is the same when events that were ahead of the clock are accepted later', () => {
    const times = fc.constantFrom(now, ahead);
    const sizes = fc.integer({ min: 1, max: BATCH_BYTES });
    fc.assert(
      fc.property(fc.array(fc.tuple(times, sizes), { maxLength: 12 }), (list) => {
        const sent = list.map(([time, size], at) => ({ ...big(time, size), commit: String(at) }));
        const body = Buffer.from(JSON.stringify(sent));
        const first = readEvents(body, undefined, 'json', RECEIVED_AT);
        const later = readEvents(body, undefined, 'json', parseTimestamp(ahead)!);
        if (first.kind !== 'events' || later.kind !== 'events') throw new Error('refused');
        const onTime = (commit: string | null) => list[Number(commit)]![0] === now;
        const partsOf = (result: ReadEvents) =>
          result.parts.map(({ start, end }) =>
            result.events.slice(start, end).map((event) => event.commit),
          );
        expect(later.rejected).toEqual([]);
        expect(partsOf(first)).toEqual(partsOf(later).map((part) => part.filter(onTime)));
      }),
      { numRuns: 50 },
    );
  });
});

test('all lines of the real logs are accepted, with these levels', () => {
  const file = new URL('../../test/data/loghub.ndjson.gz', import.meta.url);
  const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n');
  expect(lines).toHaveLength(16_000);
  const counts = Object.fromEntries(LEVELS.map((level) => [level, 0])) as Record<Level, number>;
  for (let at = 0; at < lines.length; at += 8_000) {
    const result = events(lines.slice(at, at + 8_000).join('\n'), NDJSON);
    expect(result.rejected).toEqual([]);
    expect(result.events).toHaveLength(8_000);
    for (const event of result.events) counts[event.level]++;
  }
  expect(counts).toEqual({
    trace: 257,
    debug: 650,
    info: 11_551,
    warn: 2_384,
    error: 809,
    fatal: 349,
  });
});

test('no body and no content type makes it throw', () => {
  const contentTypes = fc.oneof(
    fc.constantFrom(
      undefined,
      NDJSON,
      'text/plain',
      'application/json',
      'application/json; charset',
    ),
    fc.string(),
  );
  const lines = fc.array(fc.oneof(fc.json(), fc.string())).map((list) => list.join('\n'));
  const bodies = fc.oneof(
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    lines.map((text) => Buffer.from(text)),
    fc.json().map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(bodies, contentTypes, (body, contentType) => {
      const result = readEvents(body, contentType, 'json', RECEIVED_AT);
      if (result.kind === 'refused') {
        expect(result.detail).toMatch(/\.$/);
        return;
      }
      expect(result.events.length + result.rejected.length).toBe(result.total);
      expect(result.sizes).toHaveLength(result.events.length);
    }),
    { numRuns: 1_000 },
  );
});
