import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import { forEachToken, type ParsedEvent } from '#event';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import type { Query } from './ast.ts';
import { foldCase } from './fold-case.ts';
import { parseQuery } from './parse-query.ts';
import { toPredicate } from './predicate/to-predicate.ts';
import { requiredTokens, type TokenRequirement } from './required-tokens.ts';
import type { Bind, Condition } from './sql/condition.ts';
import { DUCKDB, POSTGRES } from './sql/dialect.ts';
import { toSql } from './sql/to-sql.ts';
import { QuerySyntaxError } from './syntax-error.ts';
import { anyEvent, anyPattern, anyQuery, anyText } from './testing/arbitraries.ts';
import { TEST_TIME } from './testing/build-event.ts';
import { DuckdbEventTable } from './testing/duckdb-event-table.ts';
import { createEventTable, fillEventTable, selectIndexes } from './testing/event-table.ts';
import { matchingIndexes } from './testing/matching-indexes.ts';

const events = fc.array(anyEvent, { minLength: 5, maxLength: 12 });

function parses(text: string): boolean {
  try {
    parseQuery(text, TEST_TIME);
    return true;
  } catch (error) {
    if (error instanceof QuerySyntaxError) return false;
    throw error;
  }
}

describe('any text', () => {
  const pieces = [
    '(',
    ')',
    '"',
    '/',
    ':',
    '[',
    ']',
    '{',
    '}',
    '\\',
    '*',
    '-',
    '>',
    '<=',
    ' ',
    '\t',
    '\0',
    '\ud800',
  ];
  const words = [
    'AND',
    'OR',
    'NOT',
    'TO',
    'level',
    'timestamp',
    'message',
    'x',
    'error',
    '2023-09-10',
    'é',
    '😀',
  ];
  const fragments = fc
    .array(fc.constantFrom(...pieces, ...words), { maxLength: 25 })
    .map((parts) => parts.join(''));

  it('is a query or a syntax error within it, and nothing else', () => {
    fc.assert(
      fc.property(fc.oneof(fragments, fc.string({ unit: 'binary', maxLength: 60 })), (text) => {
        try {
          toPredicate(parseQuery(text, TEST_TIME));
        } catch (error) {
          if (!(error instanceof QuerySyntaxError)) throw error;
          expect(error.column).toBeGreaterThanOrEqual(1);
          expect(error.column - 1 + error.length).toBeLessThanOrEqual(text.length);
          expect(error.length).toBeGreaterThanOrEqual(0);
          expect(error.expected).not.toEqual([]);
        }
      }),
      { numRuns: 5_000 },
    );
  });
});

function holdsFor(requirement: TokenRequirement, tokens: ReadonlySet<string>): boolean {
  switch (requirement.kind) {
    case 'unknown':
      return true;
    case 'token':
      return tokens.has(requirement.token);
    case 'all':
      return requirement.of.every((part) => holdsFor(part, tokens));
    case 'any':
      return requirement.of.some((part) => holdsFor(part, tokens));
  }
}

function tokensOf(event: ParsedEvent): Set<string> {
  const tokens = new Set<string>();
  forEachToken(event, (token) => tokens.add(token));
  return tokens;
}

/** Terms made of the event's own text, so that many match. */
const matchingTerm = fc
  .record({ event: anyEvent, from: fc.nat(20), length: fc.nat(20) })
  .map(({ event, from, length }) => {
    const part = event.message.slice(from, from + length).toWellFormed();
    const escaped = part.replace(/[*"\\]/gu, String.raw`\$&`);
    const pattern = part.replace(
      /[^\p{L}\p{N}_]/gu,
      (character) => `\\x{${character.codePointAt(0)!.toString(16)}}`,
    );
    return {
      event,
      queries: [
        `"${escaped}"`,
        `"${escaped}*"`,
        `"*${escaped}"`,
        `"*${escaped}*"`,
        `message:/${pattern}/`,
      ],
    };
  });

describe('the tokens that a query requires', () => {
  it('are those of every event that matches', () => {
    let matched = 0;
    fc.assert(
      fc.property(matchingTerm, ({ event, queries }) => {
        const tokens = tokensOf(event);
        for (const text of queries.filter(parses)) {
          const query = parseQuery(text, TEST_TIME);
          if (!toPredicate(query)(event)) continue;
          matched++;
          expect(holdsFor(requiredTokens(query), tokens)).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
    expect(matched).toBeGreaterThan(2_000);
  });

  it('are those of every event that matches any query', () => {
    fc.assert(
      fc.property(events, anyQuery.filter(parses), (some, text) => {
        const query = parseQuery(text, TEST_TIME);
        const requirement = requiredTokens(query);
        for (const index of matchingIndexes(query, some)) {
          expect(holdsFor(requirement, tokensOf(some[index]!))).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

/** A database that conditions are tried in. */
interface TriedDatabase {
  fill(events: readonly ParsedEvent[]): Promise<void>;
  select(query: Query): Promise<{ indexes: number[]; exact: boolean }>;
  close(): Promise<void>;
}

async function openPostgres(): Promise<TriedDatabase> {
  const database: TestDatabase = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await createEventTable(client);
  return {
    fill: (events) => fillEventTable(client, events),
    select: (query) => selectIndexes(client, (bind) => toSql(query, bind, POSTGRES)),
    close: async () => {
      await client.end();
      await database.drop();
    },
  };
}

async function openDuckdb(): Promise<TriedDatabase> {
  const table = await DuckdbEventTable.create();
  return {
    fill: (events) => table.fill(events),
    select: (query) => table.selectIndexes((bind: Bind): Condition => toSql(query, bind, DUCKDB)),
    close: () => {
      table.close();
      return Promise.resolve();
    },
  };
}

describe.each([
  ['Postgres', openPostgres],
  ['DuckDB', openDuckdb],
])('%s', (_name, open) => {
  let database: TriedDatabase;

  beforeAll(async () => {
    database = await open();
  });

  afterAll(() => database.close());

  function agree(some: readonly ParsedEvent[], text: string): Promise<void> {
    return agreeOn(some, parseQuery(text, TEST_TIME));
  }

  async function agreeOn(some: readonly ParsedEvent[], query: Query): Promise<void> {
    const expected = matchingIndexes(query, some);
    const { indexes, exact } = await database.select(query);
    if (exact) expect(indexes).toEqual(expected);
    else expect(indexes).toEqual(expect.arrayContaining(expected));
  }

  it('agrees with the predicate on any query', async () => {
    await fc.assert(
      fc.asyncProperty(
        events,
        fc.array(anyQuery.filter(parses), { minLength: 8, maxLength: 8 }),
        async (some, texts) => {
          await database.fill(some);
          for (const text of texts) await agree(some, text);
        },
      ),
      { numRuns: 150 },
    );
  }, 60_000);

  it('agrees with RE2 on any pattern', async () => {
    const messages = fc.array(anyText, { minLength: 10, maxLength: 20 });
    const texts = fc.array(anyPattern.map((pattern) => `message:/${pattern}/`).filter(parses), {
      minLength: 10,
      maxLength: 10,
    });
    await fc.assert(
      fc.asyncProperty(messages, events, texts, async (some, [event], patterns) => {
        const all = some.map((message) => ({ ...event!, message }));
        await database.fill(all);
        for (const text of patterns) await agree(all, text);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('finds a part of a message by every term that names it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(matchingTerm, { minLength: 8, maxLength: 8 }), async (terms) => {
        const all = terms.map((term) => term.event);
        await database.fill(all);
        for (const text of terms.flatMap((term) => term.queries).filter(parses))
          await agree(all, text);
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  it('agrees on the terms of filters, which ignore case', async () => {
    const fields = [
      { kind: 'column', name: 'service' },
      { kind: 'metadata', path: ['a', 'b'] },
    ] as const;
    await fc.assert(
      fc.asyncProperty(events, fc.nat(4), async (some, which) => {
        await database.fill(some);
        const { message, service } = some[which]!;
        for (const value of [message, message.toUpperCase(), service ?? 'K', 'k']) {
          const text = foldCase(value);
          await agreeOn(some, { kind: 'message-equals', text });
          await agreeOn(some, { kind: 'not', operand: { kind: 'message-equals', text } });
          for (const field of fields) {
            await agreeOn(some, { kind: 'equals', field, value, ignoreCase: true });
            await agreeOn(some, { kind: 'contains', field, text });
          }
        }
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});
