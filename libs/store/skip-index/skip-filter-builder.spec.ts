import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fieldToken, forEachToken, TOKEN_FIELDS, type LogEvent } from '#event';
import { buildEvent } from '../testing/events.ts';
import { mayContain } from './bloom-filter.ts';
import { fieldState, SkipFilterBuilder } from './skip-filter-builder.ts';
import { COPIED, GATHERED, type TextFormat } from './text-format.ts';

const asciiText = fc.string({ unit: 'binary-ascii' });
const text = fc.oneof(
  asciiText,
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('Error', '10.11', 'a_b', 'É', 'İ', ' ', '日本', '=', 'ß', 'ſ', 'K'))
    .map((parts) => parts.join('')),
);
const field = fc.option(text);
const event: fc.Arbitrary<LogEvent> = fc
  .record({
    message: text,
    resourceId: field,
    traceId: field,
    spanId: field,
    commit: field,
    service: field,
    parentResourceId: field,
  })
  .map(buildEvent);

function tokensOf(events: readonly LogEvent[]): Set<string> {
  const tokens = new Set<string>();
  for (const each of events) forEachToken(each, (token) => tokens.add(token));
  return tokens;
}

/** Without NUL and lone surrogates, which intake replaces. */
function asStored(given: LogEvent): LogEvent {
  const clean = (value: unknown) =>
    typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : value;
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, clean(value)]),
  ) as unknown as LogEvent;
}

type Reader = (bytes: Uint8Array, start: number, format: TextFormat) => number;

const LETTERS: Readonly<Record<string, string>> = {
  '\b': 'b',
  '\f': 'f',
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
  '\v': 'v',
};

/** As COPY writes a text. */
function copied(text: string): string {
  return text.replaceAll(/[\b\f\n\r\t\v\\]/gu, (each) => `\\${LETTERS[each] ?? each}`);
}

function build(events: readonly LogEvent[]) {
  const builder = new SkipFilterBuilder();
  for (const each of events) builder.add(each);
  const { tokens, ascii } = builder;
  return { tokens, ascii, filter: builder.build(), builder };
}

describe('skip filter', () => {
  test('contains every token of its events, and counts the same tokens as the definition of a word', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), (events) => {
        const expected = tokensOf(events);
        const { tokens, filter } = build(events);
        for (const token of expected) expect(mayContain(filter, token)).toBe(true);
        // 32-bit hashes of so few tokens do not collide in practice; more than expected would be a wrong token.
        expect(tokens).toBeLessThanOrEqual(expected.size);
        expect(tokens).toBeGreaterThanOrEqual(expected.size - 1);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['gathered with NUL between them', GATHERED, '\0', (text: string) => text],
    ['as COPY writes them', COPIED, '\t', copied],
  ])('is the same from events and from their texts in UTF-8 %s', (_, format, end, written) => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 20 }), (given) => {
        const events = given.map(asStored);
        const builder = new SkipFilterBuilder();
        const readAll = (values: readonly string[], read: Reader): void => {
          const bytes = Buffer.from(values.map(written).join(end), 'utf8');
          let at = 0;
          for (const value of values) {
            const length = Buffer.byteLength(written(value));
            expect(read(bytes, at, format)).toBe(at + length);
            at += length + 1;
          }
        };
        const messages = events.map(({ message }) => message);
        readAll(messages, (...text) => builder.addMessage(...text));
        for (const name of TOKEN_FIELDS) {
          const values = events.map((each) => each[name]).filter((value) => value !== null);
          readAll(values, (...text) => builder.addValue(fieldState(name), ...text));
        }
        const { ascii, filter } = build(events);
        expect(ascii).toBe(messages.every((message) => /^[\0-\x7f]*$/u.test(message)));
        expect(builder.ascii).toBe(ascii);
        expect(builder.build()).toEqual(filter);
        expect(builder.ascii).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('passes over the NULL of COPY, but not over the text that looks like it', () => {
    const builder = new SkipFilterBuilder();
    expect(builder.addValue(fieldState('traceId'), Buffer.from('\\N\tmore'), 0, COPIED)).toBe(2);
    expect(builder.tokens).toBe(0);
    expect(builder.addValue(fieldState('traceId'), Buffer.from('\\\\N\tmore'), 0, COPIED)).toBe(3);
    expect(mayContain(builder.build(), fieldToken('traceId', '\\N'))).toBe(true);
  });

  test('holds few absent tokens to be present', () => {
    const events = Array.from({ length: 5_000 }, (_, i) =>
      buildEvent({ message: `request ${i} took ${i * 7} ms`, traceId: `trace-${i}` }),
    );
    const { filter, tokens } = build(events);
    expect(filter.length).toBe(8 + tokens * 2);
    let wrong = 0;
    for (let i = 0; i < 100_000; i++) if (mayContain(filter, `absent${i}`)) wrong++;
    expect(wrong).toBeLessThan(150);
  });

  test('is empty again after build', () => {
    const { builder } = build([buildEvent({ message: 'needle' })]);
    builder.add(buildEvent({ message: 'other' }));
    expect(mayContain(builder.build(), 'needle')).toBe(false);
  });

  test('without tokens contains nothing', () => {
    expect(mayContain(new SkipFilterBuilder().build(), 'x')).toBe(false);
  });

  test('refuses bytes that are no filter', () => {
    const { filter } = build([buildEvent()]);
    for (const bytes of [Buffer.alloc(0), filter.subarray(0, 12), Buffer.alloc(64)]) {
      expect(() => mayContain(bytes, 'x')).toThrow(RangeError);
    }
  });
});
