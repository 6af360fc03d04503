import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { decodeEvents, encodeEvents } from './event-table.ts';
import { LEVELS } from './level.ts';
import type { LogEvent } from './log-event.ts';

const EVENT: LogEvent = {
  timestamp: 1_694_764_800_123_456,
  level: 'warn',
  levelText: 'WARNING',
  message: 'a\n"b"',
  resourceId: null,
  traceId: '',
  spanId: null,
  commit: null,
  service: 'zahlung-ü',
  eventType: null,
  parentResourceId: null,
  metadataText: '{"user":1}',
};

/** Clean text, often about as long as the lengths that take more bytes begin. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'binary', minLength: 250, maxLength: 260, size: 'max' }),
);
const textOrNone = fc.option(text);

const anyEvent: fc.Arbitrary<LogEvent> = fc.record({
  timestamp: fc.maxSafeNat(),
  level: fc.constantFrom(...LEVELS),
  levelText: textOrNone,
  message: text,
  resourceId: textOrNone,
  traceId: textOrNone,
  spanId: textOrNone,
  commit: textOrNone,
  service: textOrNone,
  eventType: textOrNone,
  parentResourceId: textOrNone,
  metadataText: text,
});

test('decoding gives the events back', () => {
  fc.assert(
    fc.property(fc.array(anyEvent), (events) => {
      expect(decodeEvents(encodeEvents(events))).toEqual(events);
    }),
  );
});

test('a text of a megabyte, and the last time there is', () => {
  const events = [{ ...EVENT, message: 'é'.repeat(2 ** 20), timestamp: 253_402_300_799_999_968 }];
  expect(decodeEvents(encodeEvents(events))).toEqual(events);
});

test('the bytes are those of the documented form', () => {
  expect(encodeEvents([EVENT]).toString('latin1')).toBe(
    Buffer.concat([
      Buffer.from([23, 0, 0, 0]),
      Buffer.from(new Float64Array([EVENT.timestamp]).buffer),
      Buffer.from([3, 5, 7, 255, 0, 255, 255, 9, 255, 255, 10]),
      Buffer.from('a\n"b"WARNINGzahlung-ü{"user":1}'),
    ]).toString('latin1'),
  );
});

test('cut or extended bytes are none', () => {
  const bytes = encodeEvents([EVENT, { ...EVENT, message: 'x'.repeat(300) }]);
  for (let end = 0; end < bytes.length; end++)
    expect(decodeEvents(bytes.subarray(0, end))).toBeNull();
  expect(decodeEvents(Buffer.concat([bytes, Buffer.from('x')]))).toBeNull();
});

test.each<[string, (bytes: Buffer) => void]>([
  ['a level that there is not', (bytes) => bytes.writeUInt8(6, 12)],
  ['half a microsecond', (bytes) => bytes.writeDoubleLE(1.5, 4)],
  ['a time before 1970', (bytes) => bytes.writeDoubleLE(-1, 4)],
  ['a time in the year 10000', (bytes) => bytes.writeDoubleLE(253_402_300_800_000_000, 4)],
  ['a time that is no number', (bytes) => bytes.writeDoubleLE(Number.NaN, 4)],
  ['no message', (bytes) => bytes.writeUInt8(255, 13)],
  ['no metadata', (bytes) => bytes.writeUInt8(255, 22)],
  ['texts that begin behind the end', (bytes) => bytes.writeUInt32LE(2 ** 31, 0)],
  ['a length beyond the texts', (bytes) => bytes.writeUInt8(253, 13)],
])('%s is no event', (_name, spoil) => {
  const bytes = encodeEvents([EVENT]);
  spoil(bytes);
  expect(decodeEvents(bytes)).toBeNull();
});

test('whatever bytes come, events or null come of them', () => {
  const spoilt = fc
    .tuple(fc.array(anyEvent, { minLength: 1 }), fc.array(fc.tuple(fc.nat(), fc.nat(255))))
    .map(([events, changes]) => {
      const bytes = encodeEvents(events);
      for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
      return bytes;
    });
  fc.assert(
    fc.property(
      fc.oneof(
        spoilt,
        fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      ),
      (bytes) => {
        for (const event of decodeEvents(bytes) ?? []) {
          expect(LEVELS).toContain(event.level);
          expect(typeof event.message).toBe('string');
        }
      },
    ),
  );
});
