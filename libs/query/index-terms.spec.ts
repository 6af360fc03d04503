import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { words, type LogEvent } from '#event';
import { indexTerms, type IndexTerms, type WordIndex } from './index-terms.ts';
import { parseQuery } from './parse-query.ts';
import { toPredicate } from './predicate/to-predicate.ts';
import { QuerySyntaxError } from './syntax-error.ts';
import { anyEvent, anyQuery } from './testing/arbitraries.ts';
import { TEST_TIME } from './testing/build-event.ts';
import { QUERY_CASES, CASES_NOW } from './testing/cases.ts';

const everyWord: WordIndex = {
  indexedWords: (found) => [...new Set(found)],
  maxWords: 10,
  maxValueBytes: 468,
};
/** Leaves out long numbers and cuts at `_`. */
const somePieces: WordIndex = {
  ...everyWord,
  indexedWords: (found) =>
    everyWord.indexedWords(
      found.flatMap((word) => word.split('_')).filter((piece) => !/^$|\d{5}/u.test(piece)),
    ),
};

/** `failed connect | error fatal | api`; `-` where there is no terms. */
function shown(terms: IndexTerms | null): string {
  if (terms === null) return '-';
  const { words: asked, levels, services } = terms;
  return [asked, levels, services].map((part) => (part ? [...part].join(' ') : '*')).join(' | ');
}

function shownFor(text: string): string {
  return shown(indexTerms(parseQuery(text, TEST_TIME), somePieces));
}

/** The reference: what an index over whole words and exact fields finds. */
function finds(terms: IndexTerms, event: LogEvent): boolean {
  const held = new Set(words(event.message));
  return (
    terms.words.every((word) => held.has(word)) &&
    (terms.levels?.has(event.level) ?? true) &&
    (terms.services?.has(event.service ?? '') ?? true)
  );
}

describe('indexTerms', () => {
  it.each([
    ['Failed', 'failed | * | *'],
    ['"failed to connect"', 'failed to connect | * | *'],
    ['failed failed connect', 'failed connect | * | *'],
    ['failed -connect', 'failed | * | *'],
    ['failed level:error', 'failed | error | *'],
    ['failed level:>=warn', 'failed | warn error fatal | *'],
    ['failed -level:info', 'failed | trace debug warn error fatal | *'],
    ['failed service:api', 'failed | * | api'],
    ['failed service:(web OR api)', 'failed | * | web api'],
    ['failed service:a*', 'failed | * | *'],
    ['failed (level:error OR service:api)', 'failed | * | *'],
    ['failed (connect OR disk)', 'failed | * | *'],
    ['failed traceId:abc', 'failed | * | *'],
    ['failed timestamp:>now', 'failed | * | *'],
    ['message:"*ailed to connec*"', 'to | * | *'],
    ['message:/^failed to/', 'failed | * | *'],
    ['failed 12345', 'failed | * | *'],
    ['größe', 'größe | * | *'],
    ['to_connect', 'to connect | * | *'],
    ['日本語のログ', '日本語のログ | * | *'],
  ])('%s asks for %s', (text, expected) => {
    expect(shownFor(text)).toEqual(expected);
  });

  it.each([
    '',
    '*',
    '-failed',
    'failed OR connect',
    'failed OR level:error',
    'level:error',
    'service:api',
    'traceId:abc',
    'message:*failed*',
    'message:fail*',
    '"->"',
    '___',
    '12345',
    'οδος',
    'failed level:error level:info',
    'failed service:api service:web',
  ])('%s asks nothing', (text) => {
    expect(shownFor(text)).toBe('-');
  });

  it('asks at most ten words, the longest', () => {
    const text = Array.from({ length: 30 }, (_, n) => 'x'.repeat(n + 1)).join(' ');
    const asked = indexTerms(parseQuery(text), everyWord)?.words ?? [];
    expect(asked.map((word) => word.length)).toEqual([30, 29, 28, 27, 26, 25, 24, 23, 22, 21]);
  });

  it('names no service that is too long for a filter', () => {
    const ofBytes = (bytes: number) =>
      shown(indexTerms(parseQuery(`failed service:${'é'.repeat(bytes / 2)}`), everyWord));
    expect(ofBytes(468)).toBe(`failed | * | ${'é'.repeat(234)}`);
    expect(ofBytes(470)).toBe('failed | * | *');
  });

  it('names no more services than are worth it', () => {
    const names = Array.from({ length: 101 }, (_, n) => `s${n}`).join(' OR ');
    expect(shown(indexTerms(parseQuery(`failed service:(${names})`), everyWord))).toBe(
      'failed | * | *',
    );
  });

  it('is fulfilled by every event of the table of cases that matches', () => {
    let matched = 0;
    for (const { query, events } of QUERY_CASES) {
      const parsed = parseQuery(query, CASES_NOW);
      const terms = indexTerms(parsed, everyWord);
      if (terms === null) continue;
      for (const event of events.filter(toPredicate(parsed))) {
        matched++;
        expect([query, event.message, finds(terms, event)]).toEqual([query, event.message, true]);
      }
    }
    expect(matched).toBeGreaterThan(50);
  });

  const parses = (text: string): boolean => {
    try {
      parseQuery(text, TEST_TIME);
      return true;
    } catch (error) {
      if (error instanceof QuerySyntaxError) return false;
      throw error;
    }
  };

  /** A word of the event with any condition beside it, and any query of its own. */
  const askedOfEvent = fc
    .tuple(anyEvent, fc.nat(5), anyQuery.filter(parses))
    .map(([event, at, query]) => {
      const own = words(event.message);
      const word = own[at % Math.max(1, own.length)] ?? 'k';
      return { event, texts: [query, `${word} ${query}`, `${word} (${query} OR level:>=trace)`] };
    });

  it('is fulfilled by every event that matches', () => {
    let matched = 0;
    fc.assert(
      fc.property(askedOfEvent, ({ event, texts }) => {
        for (const text of texts) {
          const query = parseQuery(text, TEST_TIME);
          const terms = indexTerms(query, everyWord);
          if (terms === null || !toPredicate(query)(event)) continue;
          matched++;
          expect(finds(terms, event)).toBe(true);
        }
      }),
      { numRuns: 1_000 },
    );
    expect(matched).toBeGreaterThan(200);
  });
});
