import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { signalAll, waitForEnd } from '../../support/processes.ts';
import { ownRabbitmq, suite } from '../../support/requirement.ts';
import { integerBetween, seededRandom, seedOfRun, shuffled } from '../random.ts';
import { PipelineUnderFaults } from './pipeline-under-faults.ts';

const MINUTES = 60_000;
/** `npm run test:faults` kills as often as it takes to trust it; `npm test` must stay short. */
const IS_LONG = process.env['FAULTS_LONG'] === 'true';
const KILLS = IS_LONG
  ? { broker: 10, writer: 20, ingest: 20, postgres: 10 }
  : { broker: 2, writer: 4, ingest: 3, postgres: 2 };

suite('kill -9 of the parts of a pipeline under load', ownRabbitmq, () => {
  const random = seededRandom(seedOfRun('kill -9 of parts'));
  let parts: PipelineUnderFaults;

  beforeAll(async () => {
    parts = await PipelineUnderFaults.start(random);
  }, 2 * MINUTES);

  afterAll(() => parts.close());

  async function repeatedly(
    rounds: number,
    round: (number: number) => Promise<void>,
  ): Promise<void> {
    for (let number = 0; number < rounds; number++) {
      await delay(random() * 300);
      await parts.recovers(() => round(number));
    }
  }

  it(
    'of the broker',
    async () => {
      await parts.endure({ rounds: KILLS.broker, ackedFloor: 1_000 }, async (load) => {
        await repeatedly(KILLS.broker, async () => {
          await parts.broker.kill();
          await parts.broker.start();
          await load.acknowledges(integerBetween(random, 5, 40), 30_000);
        });
      });
    },
    8 * MINUTES,
  );

  it(
    'of a writer, now and then of both',
    async () => {
      await parts.endure({ rounds: KILLS.writer, ackedFloor: 1_000 }, async () => {
        await repeatedly(KILLS.writer, async (number) => {
          const writers = shuffled(parts.pipeline.running('writer'), random);
          const victims = number % 5 === 4 ? writers : writers.slice(0, 1);
          await Promise.all(victims.map((victim) => victim.kill()));
          await Promise.all(victims.map(() => parts.addWriter()));
        });
      });
      expect(parts.pipeline.running('writer')).toHaveLength(2);
    },
    8 * MINUTES,
  );

  it(
    'of ingest',
    async () => {
      await parts.endure({ rounds: KILLS.ingest, ackedFloor: 1_000 }, async (load) => {
        await repeatedly(KILLS.ingest, async () => {
          await parts.pipeline.first('ingest').kill();
          await parts.addIngest();
          await load.acknowledges(integerBetween(random, 5, 40));
        });
      });
    },
    8 * MINUTES,
  );

  it(
    'of Postgres, its first process and all of its processes',
    async () => {
      await parts.endure({ rounds: KILLS.postgres, ackedFloor: 1_000 }, async () => {
        await repeatedly(KILLS.postgres, async (number) => {
          const { postmaster, all } = parts.postgresFamily;
          const victims = number % 2 === 0 ? all : [postmaster];
          signalAll(victims, 'SIGKILL');
          await waitForEnd(victims);
          await parts.storesAcked();
        });
      });
    },
    8 * MINUTES,
  );

  it('stored nothing else', async () => {
    await parts.checkTotal();
  });
});
