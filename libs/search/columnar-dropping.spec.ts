import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import pg from 'pg';
import type { ArchiveParts } from '#columnar';
import { MICROS_PER_HOUR } from '#event';
import { jobLockSql } from '#store';
import { CASES_NOW } from '../query/testing/cases.ts';
import { openColumnarFixture } from './testing/columnar-fixture.ts';
import { randomEvents, seededRandom } from './testing/random-events.ts';

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString, application_name: 'penstock-test' });
  await client.connect();
  return client;
}

it('keeps a table for a reader that began while its files waited to count', async () => {
  const fixture = await openColumnarFixture({}, { keepRows: { kind: 'for', age: 0 } });
  const holder = await connect(fixture.test.url);
  const reader = await connect(fixture.test.url);
  try {
    await fixture.store(randomEvents(seededRandom(5), 400, CASES_NOW, 6 * MICROS_PER_HOUR));
    const publishing = async (): Promise<boolean> => {
      const { rows } = await holder.query<{ waits: boolean }>(
        `SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted) AS waits`,
      );
      return rows[0]?.waits === true;
    };
    let archived = Promise.resolve();
    const verified = new Promise<void>((resolve) => {
      const parts: ArchiveParts = {
        ...fixture.parts,
        async between(step) {
          if (step !== 'verified') return;
          await holder.query(`BEGIN; ${jobLockSql('rollups')}`);
          resolve();
        },
      };
      archived = fixture.archive(parts);
    });
    await verified;
    while (!(await publishing())) await delay(5);
    await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const { rows } = await reader.query<{ relation: string }>(
      `SELECT relation FROM segment WHERE engine = 'rows' AND sealed_commit IS NOT NULL`,
    );
    const relation = rows[0]?.relation ?? '';
    await holder.query('COMMIT');
    await archived;
    await fixture.archive();
    expect(await fixture.engines()).toEqual(['1 columnar', '1 kept', '1 rows']);
    const counted = await reader.query(`SELECT count(*)::int AS count FROM ${relation}`);
    expect(counted.rows).toEqual([{ count: fixture.events.length }]);
    await reader.query('COMMIT');
    await fixture.archive();
    expect(await fixture.engines()).toEqual(['1 columnar', '1 rows']);
  } finally {
    await Promise.all([holder.end(), reader.end()]);
    await fixture.close();
  }
}, 60_000);
