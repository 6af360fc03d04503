import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { BatchFormatError, decodeBatch, encodeBatch, isUnknownSchema } from './batch-codec.ts';
import type { Batch } from './batch.ts';
import type { LogEvent } from './log-event.ts';
import { normaliseEvent } from './normalise.ts';
import { SCHEMA_1 } from './testing/schema-1.ts';

const RECEIVED_AT = 1_700_000_000_123_456;

function eventOf(value: unknown): LogEvent {
  const outcome = normaliseEvent(value, RECEIVED_AT);
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.event;
}

function batchOf(...values: unknown[]): Batch {
  return {
    id: '017f22e2-79b0-7cc3-98c4-dc0c0c07398f',
    events: values.map(eventOf),
    bytes: 1_234,
    receivedAt: RECEIVED_AT,
    bodyHash: null,
  };
}

test('headers tell the batch without its body', () => {
  const batch = batchOf(
    { message: 'b', timestamp: '2023-09-15T08:00:00.5Z' },
    { message: 'a', timestamp: '2022-01-01T00:00:00Z' },
    { message: 'c', timestamp: '2023-01-01T00:00:00Z' },
  );
  expect(encodeBatch({ ...batch, bodyHash: 'abc' }).headers).toEqual({
    batchId: batch.id,
    schema: 2,
    count: 3,
    bytes: 1_234,
    minTs: '2022-01-01T00:00:00.000000Z',
    maxTs: '2023-09-15T08:00:00.500000Z',
    receivedAt: '2023-11-14T22:13:20.123456Z',
    bodyHash: 'abc',
  });
});

test('the trace of a batch travels with it, and is no reason to refuse one', () => {
  const traceParent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const { headers, body } = encodeBatch({ ...batchOf({ message: 'a' }), traceParent });
  expect(headers.traceparent).toBe(traceParent);
  expect(decodeBatch({ ...headers }, body).traceParent).toBe(traceParent);
  expect(decodeBatch({ ...headers, traceparent: 17 }, body)).not.toHaveProperty('traceParent');
});

test('decoding gives the batch back', () => {
  const json = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' });
  const text = fc.string({ unit: 'binary' });
  const sent = fc.record(
    {
      message: fc.oneof(text, fc.constant(',"metadata":{"a":1}')),
      level: fc.oneof(text, fc.constantFrom('error', 'W', '3')),
      timestamp: fc.constantFrom(0, 1_699_999_999.5, '2023-09-15T08:00:00.123456Z'),
      traceId: text,
      service: text,
      event_type: text,
      commit: text,
      metadata: fc.oneof(
        fc.dictionary(fc.oneof(text, fc.constantFrom('__proto__', 'parentResourceId', '7')), json),
        json,
      ),
    },
    { requiredKeys: ['message'] },
  );
  fc.assert(
    fc.property(
      fc.array(sent, { minLength: 1 }),
      fc.option(fc.stringMatching(/^[0-9a-f]{64}$/)),
      (values, bodyHash) => {
        const batch = { ...batchOf(...values), bodyHash };
        const { headers, body } = encodeBatch(batch);
        expect(decodeBatch({ ...headers }, body)).toEqual(batch);
      },
    ),
  );
});

test('a message of schema 1 is read as it was meant', () => {
  const { batchId, bytes } = SCHEMA_1.headers;
  const receivedAt = Date.UTC(2026, 0, 15, 12) * 1_000 + 123_456;
  const noText = { levelText: null, resourceId: null, traceId: null, spanId: null, commit: null };
  const none = { ...noText, service: 'schema-1', eventType: null, parentResourceId: null };
  expect(decodeBatch(SCHEMA_1.headers, SCHEMA_1.body)).toEqual({
    id: batchId,
    bytes,
    receivedAt,
    bodyHash: null,
    events: [
      {
        ...none,
        timestamp: Date.UTC(2026, 0, 15, 10) * 1_000,
        level: 'warn',
        levelText: 'WARNING',
        message: 'a\n"b" ,"metadata":{"x":1}',
        metadataText: '{"user":1}',
      },
      {
        ...none,
        timestamp: receivedAt - 1_000_000,
        level: 'error',
        message: 'größer 🙂',
        resourceId: 'server-1',
        traceId: 't-1',
        spanId: 's-1',
        commit: 'abc',
        eventType: 'request',
        parentResourceId: 'server-0',
        metadataText: '{"parentResourceId":"server-0","deep":[1.5,{"metadata":"}"}]}',
      },
      { ...none, timestamp: receivedAt, level: 'info', message: '', metadataText: '{}' },
    ],
  });
});

const LINE = '{"timestamp":"2026-01-15T10:00:00Z","level":"info","message":"","metadata":{}}\n';

test.each<[string, string]>([
  ['a line that is no JSON', 'x\n'],
  ['a line that is no object', '[]\n'],
  ['a line that is no event', '{}\n'],
  ['an unknown level', LINE.replace('info', 'loud')],
  ['no message', LINE.replace('message', 'text')],
  ['no metadata', LINE.replace('metadata', 'more')],
  ['metadata that are no object', LINE.replace('{}}', '[]}')],
  ['metadata that are not last', LINE.replace('{}}', '{},"service":"a"}')],
  ['metadata that are first', LINE.replace(',"metadata":{}', '').replace('{', '{"metadata":{},')],
  ['a time before 1970', LINE.replace('2026', '1926')],
  ['a time that is none', LINE.replace('2026', 'then')],
  ['a cut line', LINE.slice(0, -1)],
  ['an empty line', '\n'],
])('%s is no body of schema 1', (_name, moreBody) => {
  const headers = { ...SCHEMA_1.headers, count: 1 };
  expect(decodeBatch(headers, Buffer.from(LINE)).events).toHaveLength(1);
  const body = Buffer.from(LINE + moreBody);
  expect(() => decodeBatch({ ...headers, count: 2 }, body)).toThrow(/no events of schema 1/);
});

test('a schema that another version may read is a number that is not read here', () => {
  const known = [1, 2];
  const none = [0, -1, 1.5, Infinity, '3', null, undefined, {}];
  expect([...known, ...none].filter(isUnknownSchema)).toEqual([]);
  expect([3, 99].filter(isUnknownSchema)).toEqual([3, 99]);
});

test('an empty batch is not encoded', () => {
  expect(() => encodeBatch(batchOf())).toThrow(RangeError);
});

const GOOD = encodeBatch(batchOf({ message: 'a' }, { message: 'b' }));

test.each<[string, object, string, RegExp]>([
  ['a schema that is not read', { schema: 3 }, '', /schema 3 is not read here, only 1 and 2/],
  ['the body of another schema', { schema: 1 }, '', /no events of schema 1/],
  ['no schema', { schema: undefined }, '', /schema undefined/],
  ['no id', { batchId: undefined }, '', /batchId/],
  ['no size', { bytes: 'x' }, '', /bytes/],
  ['a size that is no number', { bytes: NaN }, '', /bytes/],
  ['a size below nothing', { bytes: -1 }, '', /bytes/],
  ['a size that nothing has', { bytes: 1e300 }, '', /bytes/],
  ['a hash that is no text', { bodyHash: 5 }, '', /bodyHash/],
  ['no time of receipt', { receivedAt: 'x' }, '', /receivedAt/],
  ['another count', { count: 3 }, '', /2 events, but the header counts 3/],
  ['no count', { count: undefined }, '', /header counts undefined/],
  ['a body with more behind it', {}, 'x', /holds no events/],
])('%s is a BatchFormatError', (_name, headers, moreBody, reason) => {
  const decode = () =>
    decodeBatch({ ...GOOD.headers, ...headers }, Buffer.concat([GOOD.body, Buffer.from(moreBody)]));
  expect(decode).toThrow(BatchFormatError);
  expect(decode).toThrow(reason);
});
