import { expect, test } from '@jest/globals';
import { BatchFormatError } from '#event';
import { makeBatch } from '../testing/batches.ts';
import { isKeptMessage, keepMessage, readKeptMessage } from './kept-message.ts';
import { encodeMessage } from './message.ts';
import type { Compression } from './settings.ts';

function kept(compression: Compression, headers: object = {}): Buffer {
  const { body, properties } = encodeMessage(makeBatch(7, 3), compression);
  const all = { ...(properties.headers as object), ...headers };
  return keepMessage({ content: body, properties: { ...properties, headers: all } });
}

test.each<Compression>(['none', 'gzip', 'zstd'])(
  'a message (%s) that was kept gives its batch back',
  (compression) => {
    expect(isKeptMessage(kept(compression))).toBe(true);
    expect(readKeptMessage(kept(compression))).toEqual(makeBatch(7, 3));
  },
);

test('what brokers note is not kept', () => {
  const noted = { 'x-delivery-count': 100, 'x-death': [{ queue: 'q' }] };
  expect(kept('none', noted)).toEqual(kept('none'));
});

test('a message without headers is kept too', () => {
  const bytes = keepMessage({ content: Buffer.from('x'), properties: { headers: undefined } });
  expect(isKeptMessage(bytes)).toBe(true);
  expect(() => readKeptMessage(bytes)).toThrow(/schema undefined/);
});

test.each([
  '',
  '{"message":"an event"}\n',
  '{"penstockMessage":',
  '{"penstockMessage":{}}',
  '{"penstockMessage":null}\nAA==',
  '{"penstockMessage":{"headers":null}}\nAA==',
  '{"penstockMessage":{"headers":"schema"}}\nAA==',
  '{"penstockMessage":{"headers":{"schema":2}}}\n!',
  '{"penstockMessage":{"headers":{"schema":2},"contentEncoding":{}}}\nAA==',
])('%j is a BatchFormatError', (text) => {
  expect(() => readKeptMessage(Buffer.from(text))).toThrow(BatchFormatError);
});

test('one of a schema that is not read here is a BatchFormatError that names it', () => {
  expect(() => readKeptMessage(kept('zstd', { schema: 3 }))).toThrow(/schema 3 is not read here/);
});
