import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Telemetry } from '#telemetry';
import { openTestStore, type TestStore } from '../store/testing/open-test-store.ts';
import { until } from '../store/testing/waiting.ts';
import { announceProcess } from './announce-process.ts';
import { ClosingSteps } from './closing-steps.ts';
import { DependencyHealth } from './dependency-health.ts';

let db: TestStore;
beforeAll(async () => {
  db = await openTestStore();
});
afterAll(() => db.close());

it('tells of the process what it lacks, that it is stopping, and that it stopped', async () => {
  const telemetry = new Telemetry(() => undefined);
  const health = new DependencyHealth(telemetry);
  const steps = new ClosingSteps(telemetry);
  const ending = new AbortController();
  health.add('rabbitmq', { required: true }).down('refused');
  health.add('postgres', { required: true }).up();
  const { id } = announceProcess(
    { telemetry, health, steps, stopping: ending.signal },
    { kind: 'writer', pool: db.store.healthPool },
  );
  const row = async (): Promise<Record<string, unknown> | undefined> =>
    (await db.query('SELECT * FROM process_heartbeat WHERE id = $1', [id]))[0];
  await until(async () => (await row()) !== undefined);
  expect(await row()).toMatchObject({
    kind: 'writer',
    phase: 'alive',
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    figures: { away: [{ name: 'rabbitmq', reason: 'refused', forSeconds: expect.any(Number) }] },
  });
  ending.abort();
  await until(async () => (await row())?.['phase'] === 'stopping');
  await steps.close();
  expect(await row()).toMatchObject({ phase: 'stopped' });
});
