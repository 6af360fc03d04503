import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  eventId,
  MICROS_PER_DAY,
  MICROS_PER_HOUR,
  type ParsedEvent,
  type StoredEvent,
} from '#event';
import type { IndexAnswer, IndexReader, SearchIndex } from '#index';
import { parseQuery, QuerySyntaxError, toPredicate } from '#query';
import { anyEvent, anyQuery } from '../../query/testing/arbitraries.ts';
import { buildEvent } from '../../query/testing/build-event.ts';
import { CASES_NOW, QUERY_CASES } from '../../query/testing/cases.ts';
import type { Order, SearchAnswer } from '../search-service.ts';
import { openCoveredFixture, type Cover, type CoveredFixture } from './covered-fixture.ts';
import { pick, randomEvents, seededRandom } from './random-events.ts';
import { runOptions, select, sortedIds } from './search-fixture.ts';

/** Everything is indexed; every third group is not; only warnings and above are. */
const COVERS: Readonly<Record<string, readonly Cover[]>> = {
  'everything is covered': [{ group: () => true, match: '' }],
  'some groups are covered': [{ group: (groupSeq) => groupSeq % 3 !== 0, match: '' }],
  'events are left out': [
    { group: () => true, match: '', leaveOut: (event) => event.ordinal % 4 === 1 },
  ],
  'only warnings and above are covered': [{ group: () => true, match: 'level:>=warn' }],
  'the choice has changed': [
    { group: (groupSeq) => groupSeq % 3 === 0, match: 'level:>=warn' },
    { group: (groupSeq) => groupSeq % 3 === 1, match: '-service:auth' },
    { group: (groupSeq) => groupSeq % 3 === 2, match: '' },
  ],
};

const HOURS = [0, 1, -26, 40];

/** The events of the table of cases, each of its tables one group, on several days and of two levels. */
function caseGroups(): ParsedEvent[][] {
  const tables = [...Map.groupBy(QUERY_CASES, (each) => each.events).keys()];
  return HOURS.flatMap((hours) =>
    tables.map((events) =>
      events.map((event) => ({
        ...event,
        level: hours === 1 ? 'warn' : event.level,
        timestamp: event.timestamp + hours * MICROS_PER_HOUR,
      })),
    ),
  );
}

const RANDOM_QUERIES = [
  'disk',
  '"disk full" -retry',
  'disk full user',
  'disk level:>=warn',
  'level:fatal timeout',
  'retry service:api',
  'connect -service:auth',
  '(disk OR full) user',
  '"user timeout retry"',
  'message:"*isk full us*"',
  'message:/full user/',
  'nothing',
  'disk nothing',
];

/** Queries of every kind, alone and beside a word that some generated events have. */
const GENERATED_QUERIES = fc
  .sample(anyQuery, { numRuns: 40, seed: 7 })
  .flatMap((query) => [query, `${query} connect`, `(${query}) disk`])
  .filter(parses);

function parses(text: string): boolean {
  try {
    parseQuery(text, CASES_NOW);
    return true;
  } catch (error) {
    if (error instanceof QuerySyntaxError) return false;
    throw error;
  }
}

/** The search with a word index beside Postgres answers as the predicate says, whatever the index covers. */
export function describeWordIndexSearch(name: string, openIndex: () => SearchIndex): void {
  describe(`search with a word index ${name}`, () => {
    for (const [situation, covers] of Object.entries(COVERS)) {
      describe(situation, () => {
        let fixture: CoveredFixture;
        const random = seededRandom(11);

        beforeAll(async () => {
          fixture = await openCoveredFixture(openIndex());
          await fixture.store(...caseGroups());
          for (let day = 0; day < 3; day++) {
            const from = CASES_NOW + day * MICROS_PER_DAY;
            await fixture.store(
              randomEvents(random, 400, from, MICROS_PER_HOUR),
              randomEvents(random, 100, from, 6 * MICROS_PER_HOUR),
              randomEvents(random, 60, from, 6 * MICROS_PER_HOUR),
            );
          }
          const generated = fc.sample(anyEvent, { numRuns: 200, seed: 7 });
          for (let at = 0; at < generated.length; at += 40) {
            await fixture.store(generated.slice(at, at + 40));
          }
          for (const cover of covers) await fixture.cover(cover);
          await fixture.runJobs();
        }, 120_000);

        afterAll(() => fixture.close());

        it('agrees with the table of cases', async () => {
          const queries = [...new Set(QUERY_CASES.map((each) => each.query))];
          for (const [at, query] of queries.entries()) {
            await agree(fixture, query, () => 5_000, [at % 2 === 0 ? 'desc' : 'asc']);
          }
        }, 120_000);

        it('agrees on generated queries', async () => {
          for (const [at, query] of GENERATED_QUERIES.entries()) {
            await agree(fixture, query, () => 5_000, [at % 2 === 0 ? 'desc' : 'asc']);
          }
        }, 120_000);

        it('agrees page by page', async () => {
          for (const query of RANDOM_QUERIES)
            await agree(fixture, query, () => 1 + Math.floor(random() * 90));
        }, 120_000);

        it('agrees with a budget that ends each page at once', async () => {
          for (const query of RANDOM_QUERIES) {
            const options = { budgetMs: 0 };
            await agree(fixture, query, () => 50 + Math.floor(random() * 400), ['desc'], options);
            await agree(fixture, query, () => 50 + Math.floor(random() * 400), ['asc'], options);
          }
        }, 120_000);

        it('asks the index', async () => {
          const { engines } = await page(fixture, 'disk level:>=warn', 'desc', 10, null);
          expect(engines).toEqual(['meilisearch', 'postgres']);
        });
      });
    }

    describe('whose candidates hardly match', () => {
      let fixture: CoveredFixture;

      beforeAll(async () => {
        fixture = await openCoveredFixture(openIndex());
        for (let day = 0; day < 3; day++) {
          const at = (n: number): number => CASES_NOW + day * MICROS_PER_DAY + n * 1_000;
          const message = (n: number): string => (n % 500 === 0 ? 'disk is full' : 'full is disk');
          await fixture.store(
            Array.from({ length: 2_000 }, (_, n) =>
              buildEvent({ timestamp: at(n), message: message(n) }),
            ),
          );
        }
        await fixture.cover({ group: () => true, match: '' });
      }, 60_000);

      afterAll(() => fixture.close());

      it('reads on from Postgres, and does not ask for further days', async () => {
        await agree(fixture, '"disk is full"', () => 5);
        const answer = await page(fixture, '"disk is full"', 'desc', 10, null);
        expect(answer.plan.filter((step) => 'givenUp' in step)).toHaveLength(3);
        await agree(fixture, '"disk is full"', () => 2_000);
      }, 60_000);

      it('asks nothing for a word that occurs nowhere', async () => {
        const answer = await page(fixture, 'nowhere', 'desc', 10, null);
        expect(answer.engines).toEqual(['postgres']);
        expect(answer.plan.every((step) => step['ruledOut'] === true)).toBe(true);
      });
    });

    describe('asked for what is similar', () => {
      let fixture: CoveredFixture;

      const similar = async (query: string, range: { from?: number; to?: number } = {}) => {
        const request = { ...select(query, CASES_NOW, range), limit: 10 };
        const answer = await fixture.search.similar(request, runOptions());
        if (answer.kind !== 'found') return answer.kind;
        const scores = answer.hits.map(({ score }) => score);
        expect(scores).toEqual([...scores].sort((a, b) => b - a));
        return answer.hits.map(({ event }) => event.message);
      };

      beforeAll(async () => {
        fixture = await openCoveredFixture(openIndex());
        const at = (hours: number, message: string, level: 'info' | 'error' = 'info') =>
          buildEvent({ timestamp: CASES_NOW + hours * MICROS_PER_HOUR, level, message });
        await fixture.store(
          [at(0, 'connection refused by peer', 'error'), at(1, 'connection accepted')],
          [at(30, 'conection refused'), at(31, 'disk is full')],
        );
        expect(await similar('connection')).toBe('not-covered');
        await fixture.cover({ group: () => true, match: '' });
        await fixture.store([at(100, 'connection refused, not indexed')]);
      }, 60_000);

      afterAll(() => fixture.close());

      it('finds words with typos, the best first', async () => {
        expect((await similar('connection refused'))[0]).toBe('connection refused by peer');
        expect(await similar('conection refsed')).toEqual(
          expect.arrayContaining(['connection refused by peer', 'conection refused']),
        );
        expect(await similar('qwertz')).toEqual([]);
      });

      it('keeps to the range and to the terms that are no words', async () => {
        const hour = MICROS_PER_HOUR;
        const late = { from: CASES_NOW + 20 * hour, to: CASES_NOW + 50 * hour };
        expect(await similar('connection refused', late)).toEqual(['conection refused']);
        expect(await similar('conection level:error')).toEqual(['connection refused by peer']);
        expect(await similar('conection -refused')).toEqual(['connection accepted']);
        expect(await similar('conection level:error level:info')).toEqual([]);
      });

      it('says what it does not cover', async () => {
        const request = { ...select('connection', CASES_NOW), limit: 10 };
        expect(await fixture.search.similar(request, runOptions())).toMatchObject({
          kind: 'found',
          partial: true,
          engines: ['meilisearch', 'postgres'],
        });
        const uncovered = { from: CASES_NOW + 90 * MICROS_PER_HOUR };
        expect(await similar('connection', uncovered)).toBe('not-covered');
      });

      it('needs words', async () => {
        for (const query of ['', 'level:error', '-connection', '1234567', 'conn*']) {
          expect(await similar(query)).toBe('no-words');
        }
      });
    });

    describe('that fails now and then', () => {
      let fixture: CoveredFixture;
      const random = seededRandom(5);
      let failing: FailingReader;

      beforeAll(async () => {
        const index = openIndex();
        failing = new FailingReader(index, random);
        fixture = await openCoveredFixture(index, () => failing, { pauseMs: 0 });
        for (let day = 0; day < 3; day++) {
          const from = CASES_NOW + day * MICROS_PER_DAY;
          await fixture.store(
            randomEvents(random, 600, from, MICROS_PER_HOUR),
            randomEvents(random, 200, from, 6 * MICROS_PER_HOUR),
          );
        }
        await fixture.cover({ group: (groupSeq) => groupSeq !== 4, match: '' });
      }, 120_000);

      afterAll(() => fixture.close());

      it('agrees, whatever fails before, between and within pages', async () => {
        for (let round = 0; round < 4; round++) {
          for (const query of RANDOM_QUERIES) {
            failing.share = pick(random, [0, 0.2, 0.5, 1]);
            await agree(fixture, query, () => {
              failing.share = pick(random, [0, 0.2, 0.5, 1]);
              return 1 + Math.floor(random() * 300);
            });
          }
        }
        expect(failing.failed).toBeGreaterThan(50);
      }, 120_000);

      it('says in its plan why Postgres was read', async () => {
        failing.share = 1;
        const answer = await page(fixture, 'disk', 'desc', 10, null);
        expect(answer.engines).toEqual(['postgres']);
        expect(answer.plan[0]).toMatchObject({
          engine: 'meilisearch',
          givenUp: expect.any(String),
        });
        expect(answer.plan[1]).toMatchObject({ engine: 'postgres', of: 'everything from there' });
      });
    });
  });
}

/** All pages are what the predicate finds, in order. */
async function agree(
  fixture: CoveredFixture,
  query: string,
  limit: () => number,
  orders: readonly Order[] = ['desc', 'asc'],
  { budgetMs } = { budgetMs: 10_000 },
): Promise<void> {
  const holds = toPredicate(select(query, CASES_NOW).query);
  const expected = fixture.events.filter(holds);
  for (const order of orders) {
    const found: StoredEvent[] = [];
    let cursor: string | null = null;
    do {
      const answer: SearchAnswer = await page(fixture, query, order, limit(), cursor, budgetMs);
      if (budgetMs > 0) expect(answer.partial).toBe(false);
      found.push(...answer.events);
      cursor = answer.nextCursor;
    } while (cursor !== null);
    expect({ query, order, ids: found.map(eventId) }).toEqual({
      query,
      order,
      ids: sortedIds(expected, order),
    });
  }
}

function page(
  fixture: CoveredFixture,
  query: string,
  order: Order,
  limit: number,
  cursor: string | null,
  budgetMs = 10_000,
): Promise<SearchAnswer> {
  const request = { ...select(query, CASES_NOW), limit, order, cursor };
  return fixture.search.search(request, runOptions(budgetMs));
}

/** Does not answer a share of the questions. */
class FailingReader implements IndexReader {
  share = 0;
  failed = 0;
  private readonly reader: IndexReader;
  private readonly random: () => number;

  constructor(reader: IndexReader, random: () => number) {
    this.reader = reader;
    this.random = random;
  }

  search(...question: Parameters<IndexReader['search']>): Promise<IndexAnswer> {
    if (this.random() >= this.share) return this.reader.search(...question);
    this.failed++;
    return Promise.resolve(
      this.random() < 0.5 ? { kind: 'lost' } : { kind: 'unavailable', reason: 'it fails' },
    );
  }

  similar(...question: Parameters<IndexReader['similar']>) {
    return this.reader.similar(...question);
  }

  health(signal: AbortSignal) {
    return this.reader.health(signal);
  }
}
