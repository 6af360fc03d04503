import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MICROS_PER_HOUR } from '#event';
import { CASES_NOW } from '../query/testing/cases.ts';
import { randomEvents, seededRandom } from './testing/random-events.ts';
import {
  openSearchFixture,
  runOptions,
  select,
  type SearchFixture,
} from './testing/search-fixture.ts';

describe('cancellation', () => {
  let fixture: SearchFixture;

  beforeAll(async () => {
    fixture = await openSearchFixture();
    await fixture.store(randomEvents(seededRandom(3), 500, CASES_NOW, MICROS_PER_HOUR));
  }, 60_000);

  afterAll(() => fixture.close());

  const ACTIVE = `SELECT count(*)::int AS running FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'penstock reader' AND state <> 'idle'`;

  /** Until COMMIT, every statement on the events waits, as a long scan would run. */
  async function lockPartition(): Promise<void> {
    const [segment] = await fixture.test.query('SELECT relation FROM segment');
    await fixture.test.query(
      `BEGIN; LOCK TABLE ${String(segment?.['relation'])} IN ACCESS EXCLUSIVE MODE`,
    );
  }

  /** On a connection outside the locking transaction, which would see the same activity all the time. */
  async function observe(sql: string): Promise<unknown> {
    const { rows } = await fixture.test.store.writePool.query<{ running: number }>(sql);
    return rows[0]?.running;
  }

  async function running(): Promise<unknown> {
    return observe(ACTIVE);
  }

  async function waiting(): Promise<unknown> {
    return observe(`${ACTIVE} AND wait_event_type = 'Lock'`);
  }

  it('ends the running statement in Postgres and leaves nothing behind', async () => {
    await lockPartition();
    const stop = new AbortController();
    const selection = select('message:"*isk*"', CASES_NOW);
    const options = { budgetMs: 60_000, signal: stop.signal };
    const answers = [
      fixture.search.search({ ...selection, limit: 10, order: 'desc', cursor: null }, options),
      fixture.search.count(selection, options),
      fixture.search.facets({ ...selection, field: 'metadata.size', limit: 5 }, options),
    ];
    const outcomes = Promise.allSettled(answers);
    while ((await waiting()) !== answers.length) await new Promise(setImmediate);
    const start = performance.now();
    stop.abort(new Error('client gone'));
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { message: 'client gone' } });
    }
    expect(performance.now() - start).toBeLessThan(1_000);
    while ((await running()) !== 0) await new Promise(setImmediate);
    await fixture.test.query('COMMIT');
    const { count } = await fixture.search.count(select('', CASES_NOW), runOptions());
    expect(count).toBe(500);
  }, 20_000);

  it('answers with what it has when the time limit of a statement ends a count', async () => {
    await lockPartition();
    const answer = await fixture.search.count(select('message:"*isk*"', CASES_NOW), runOptions(0));
    await fixture.test.query('COMMIT');
    expect(answer).toEqual({ count: 0, partial: true });
  }, 20_000);

  it('does not start when the signal has aborted', async () => {
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(
      fixture.search.count(select('', CASES_NOW), { budgetMs: 1, signal }),
    ).rejects.toThrow('too late');
  });
});
