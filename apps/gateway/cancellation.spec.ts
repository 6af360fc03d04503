import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { MICROS_PER_HOUR } from '#event';

import { CASES_NOW } from '../../libs/query/testing/cases.ts';
import { randomEvents, seededRandom } from '../../libs/search/testing/random-events.ts';
import { openSearchFixture, type SearchFixture } from '../../libs/search/testing/search-fixture.ts';
import { startTestGateway, type TestGateway } from './testing/gateway-app.ts';

const CALLS = [
  'search?',
  'count?',
  'histogram?',
  'facets?field=metadata.size&',
  'field-statistics?field=metadata.size&',
  'patterns?',
  'export?',
];

describe('a client that goes away', () => {
  let fixture: SearchFixture;
  let gateway: TestGateway;

  beforeAll(async () => {
    fixture = await openSearchFixture();
    await fixture.store(randomEvents(seededRandom(5), 500, CASES_NOW, MICROS_PER_HOUR));
    gateway = await startTestGateway({ search: fixture.search });
  }, 60_000);

  afterAll(async () => {
    await gateway.close();
    await fixture.close();
  });

  const ACTIVE = `SELECT count(*)::int AS running FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'penstock reader' AND state <> 'idle'`;

  /** On a connection outside the locking transaction, which would see the same activity all the time. */
  async function running(condition = ''): Promise<number> {
    const sql = `${ACTIVE} ${condition}`;
    const { rows } = await fixture.test.store.writePool.query<{ running: number }>(sql);
    return rows[0]?.running ?? 0;
  }

  it('ends its work in Postgres within a second, whatever it asked', async () => {
    const [segment] = await fixture.test.query('SELECT relation FROM segment');
    // Every statement on the events waits, as a long scan would run.
    await fixture.test.query(
      `BEGIN; LOCK TABLE ${String(segment?.['relation'])} IN ACCESS EXCLUSIVE MODE`,
    );
    const client = new AbortController();
    const requests = CALLS.map((call) =>
      fetch(`${gateway.url}/api/v1/${call}q=message:"*isk*"`, { signal: client.signal }),
    );
    const outcomes = Promise.allSettled(requests);
    while ((await running(`AND wait_event_type = 'Lock'`)) !== CALLS.length)
      await new Promise(setImmediate);
    const start = performance.now();
    client.abort();
    while ((await running()) !== 0) await new Promise(setImmediate);
    expect(performance.now() - start).toBeLessThan(1_000);
    expect((await outcomes).every(({ status }) => status === 'rejected')).toBe(true);
    await fixture.test.query('COMMIT');
    const answer = await fetch(`${gateway.url}/api/v1/count`);
    expect(await answer.json()).toEqual({ count: 500, partial: false });
  }, 30_000);
});
