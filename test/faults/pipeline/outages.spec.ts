import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readinessOf } from '../../support/pipeline-processes.ts';
import { signalAll } from '../../support/processes.ts';
import { ownRabbitmq, suite } from '../../support/requirement.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { knownEvent, type KnownEvent } from '../known-event.ts';
import type { Load } from '../load.ts';
import { seededRandom, seedOfRun } from '../random.ts';
import { metricOf } from './metric.ts';
import { PipelineUnderFaults, type Link } from './pipeline-under-faults.ts';

const MINUTES = 60_000;
/** `npm run test:faults` takes its time; `npm test` must stay short. */
const IS_LONG = process.env['FAULTS_LONG'] === 'true';
const OUTAGE_MS = IS_LONG ? 60_000 : 8_000;
/** The longer one outlasts heartbeats and the wait of a request for its outcome. */
const STALL_MS = IS_LONG ? 40_000 : 3_000;
const ENDS_WITHIN_MS = 20_000;
const SPOOL_KILLS = IS_LONG ? 10 : 2;
const LINKS: readonly Link[] = [
  'ingest-broker',
  'writer-broker',
  'writer-Postgres',
  'client-ingest',
];

suite('parts of a pipeline are away under load', ownRabbitmq, () => {
  const random = seededRandom(seedOfRun('parts are away'));
  let parts: PipelineUnderFaults;

  beforeAll(async () => {
    parts = await PipelineUnderFaults.start(random);
  }, 2 * MINUTES);

  afterAll(() => parts.close());

  /** What readiness says of a dependency of the first process of this part. */
  async function dependency(part: 'ingest' | 'writer', name: string): Promise<boolean | undefined> {
    const { dependencies } = await readinessOf(parts.pipeline.first(part).url);
    return dependencies.find((known) => known.name === name)?.ok;
  }

  const loses = (part: 'ingest' | 'writer', name: string): Promise<void> =>
    waitUntil(`${part} misses ${name}`, async () => (await dependency(part, name)) === false);

  const refuses = (load: Load): Promise<void> =>
    waitUntil('a 503', () => load.answers.has('503 overloaded'));

  it(
    `Postgres, for ${OUTAGE_MS / 1_000} s: senders do not notice, and what waited is written afterwards`,
    async () => {
      const { answers } = await parts.endure({ ackedFloor: 3_000 }, async (current) => {
        await parts.stopPostgres();
        const end = performance.now() + OUTAGE_MS;
        await loses('writer', 'postgres');
        await current.acknowledges(100);
        await delay(end - performance.now());
        await parts.startPostgres();
        await parts.recovers(() => parts.storesAcked());
      });
      expect([...answers.keys()]).toEqual(['202']);
    },
    3 * MINUTES,
  );

  describe.each(LINKS)('the connection %s', (name) => {
    it(
      'is reset, again and again',
      async () => {
        await parts.endure({ rounds: 8, ackedFloor: 1_000 }, async (load) => {
          for (let round = 0; round < 8; round++) {
            await load.acknowledges(10);
            await delay(random() * 200);
            parts.link(name).reset();
          }
          await parts.recovers(() => load.acknowledges(20));
        });
      },
      2 * MINUTES,
    );

    it(
      `stalls for ${STALL_MS / 1_000} s`,
      async () => {
        await parts.endure({ ackedFloor: 1_000 }, async (load) => {
          parts.link(name).stall();
          await delay(STALL_MS);
          parts.link(name).resume();
          await parts.recovers(() => load.acknowledges(20));
        });
      },
      2 * MINUTES,
    );
  });

  it(
    'the broker is stopped by SIGSTOP',
    async () => {
      await parts.endure({ ackedFloor: 1_000 }, async (load) => {
        const acked = load.acknowledgedRequests;
        signalAll([parts.broker.pid], 'SIGSTOP');
        try {
          await delay(STALL_MS);
          // What had its confirm on the way may still be answered, nothing else.
          expect(load.acknowledgedRequests - acked).toBeLessThan(100);
        } finally {
          signalAll([parts.broker.pid], 'SIGCONT');
        }
        await parts.recovers(() => load.acknowledges(100));
      });
    },
    2 * MINUTES,
  );

  it(
    `ingest and the writers are told to end while the broker is stopped: they do, within ${ENDS_WITHIN_MS / 1_000} s`,
    async () => {
      await parts.endure({ ackedFloor: 1_000 }, async (load) => {
        signalAll([parts.broker.pid], 'SIGSTOP');
        try {
          const { pipeline } = parts;
          const ending = [pipeline.first('ingest'), ...pipeline.running('writer')];
          const begun = performance.now();
          const exits = await Promise.all(ending.map((each) => each.stop()));
          expect(performance.now() - begun).toBeLessThan(ENDS_WITHIN_MS);
          expect(exits).toEqual(ending.map(() => ({ code: 0, signal: null })));
        } finally {
          signalAll([parts.broker.pid], 'SIGCONT');
        }
        await Promise.all([parts.addIngest(), parts.addWriter(), parts.addWriter()]);
        await parts.recovers(() => load.acknowledges(100));
      });
    },
    2 * MINUTES,
  );

  it(
    'the queue is full: 503, and nothing is lost of what was taken',
    async () => {
      await parts.endure({ ackedFloor: 1_000 }, async (load) => {
        const writers = parts.pipeline.running('writer').map(({ pid }) => pid);
        const policy = '{"max-length-bytes":200000}';
        await parts.broker.ctl('set_policy', 'full', '.*', policy, '--apply-to', 'queues');
        signalAll(writers, 'SIGSTOP');
        try {
          await refuses(load);
          await delay(1_000);
        } finally {
          signalAll(writers, 'SIGCONT');
        }
        await parts.recovers(() => load.acknowledges(50));
        await parts.broker.ctl('clear_policy', 'full');
      });
    },
    2 * MINUTES,
  );

  it.each([
    ['disk', ['set_disk_free_limit', '1000000GB'], ['set_disk_free_limit', '50MB']],
    [
      'memory',
      ['set_vm_memory_high_watermark', '0.000001'],
      ['set_vm_memory_high_watermark', '0.4'],
    ],
  ])(
    'the broker raises its %s alarm: 503, until it is over',
    async (_what, raise, end) => {
      await parts.endure({ ackedFloor: 1_000 }, async (load) => {
        await parts.broker.ctl(...raise);
        await refuses(load);
        await loses('ingest', 'rabbitmq');
        await parts.broker.ctl(...end);
        await parts.recovers(() => load.acknowledges(50));
      });
    },
    2 * MINUTES,
  );

  it(
    'acknowledgements of the writers are lost: what is delivered again after its commit is stored once',
    async () => {
      const repeated = (): Promise<number> => repeatedBatches();
      const before = await repeated();
      await parts.endure({ rounds: 3, ackedFloor: 1_000 }, async (load) => {
        for (let round = 0; round < 3; round++) {
          parts.link('writer-broker').lose('requests');
          await parts.storesAcked();
          parts.link('writer-broker').reset();
          parts.link('writer-broker').lose(null);
          await load.acknowledges(20);
          await parts.storesAcked();
        }
      });
      expect(await repeated()).toBeGreaterThan(before);
    },
    2 * MINUTES,
  );

  it(
    'confirms of the broker are lost: what ingest sends again is stored once',
    async () => {
      const before = await repeatedBatches();
      await parts.endure({ rounds: 3, ackedFloor: 1_000 }, async (load) => {
        for (let round = 0; round < 3; round++) {
          parts.link('ingest-broker').lose('answers');
          await delay(500);
          parts.link('ingest-broker').reset();
          parts.link('ingest-broker').lose(null);
          await load.acknowledges(20);
        }
      });
      expect(await repeatedBatches()).toBeGreaterThan(before);
    },
    2 * MINUTES,
  );

  it(
    'the clock of a client is an hour off, in either direction',
    async () => {
      const now = Date.now();
      const eventOf = (run: string, number: number): KnownEvent => ({
        ...knownEvent(run, number),
        timestamp: microseconds(now + (number % 2 === 0 ? HOUR_MS : -HOUR_MS) + (number % 1_000)),
      });
      const { answers, verdict } = await parts.endure(
        { ackedFloor: 1_000, eventOf },
        async (current) => {
          await current.acknowledges(100);
        },
      );
      expect([...answers.keys()]).toEqual(['202']);
      const ahead = await parts.count(`timestamp:>${microseconds(now)}`);
      expect(ahead).toBe(Math.ceil(verdict.sent / 2));
      expect(await parts.count(`timestamp:<${microseconds(now)}`)).toBe(verdict.sent - ahead);
    },
    MINUTES,
  );

  it(
    'the broker, with a spool: senders do not notice, also when ingest is killed meanwhile',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'penstock-spool-faults-'));
      const environment = { SPOOL_FOLDER: folder };
      try {
        await parts.pipeline.first('ingest').stop();
        await parts.addIngest(environment);
        await parts.endure({ rounds: SPOOL_KILLS, ackedFloor: 2_000 }, async (load) => {
          await parts.broker.kill();
          for (let round = 0; round < SPOOL_KILLS; round++) {
            await load.acknowledges(50);
            await parts.pipeline.first('ingest').kill();
            await parts.addIngest(environment);
          }
          await load.acknowledges(50);
          expect(load.answers.has('503 overloaded')).toBe(false);
          await parts.broker.start();
          await parts.recovers(() => parts.storesAcked());
        });
        const ingest = parts.pipeline.first('ingest');
        expect(await metricOf(ingest.url, 'penstock_spool_drained_batches_total')).toBeGreaterThan(
          0,
        );
        expect(await metricOf(ingest.url, 'penstock_spool_batches')).toBe(0);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    8 * MINUTES,
  );

  it('stored nothing else', async () => {
    await parts.checkTotal();
  });

  /** Batches that writers found in the ledger already. */
  async function repeatedBatches(): Promise<number> {
    const counts = await Promise.all(
      parts.pipeline
        .running('writer')
        .map(({ url }) => metricOf(url, 'penstock_store_batches_repeated_total')),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }
});

const HOUR_MS = 3_600_000;

/** As the API writes it, with the microseconds of the number. */
function microseconds(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
