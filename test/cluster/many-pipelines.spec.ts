import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { kubernetes, suite } from '../support/requirement.ts';
import { waitUntil } from '../support/wait-until.ts';
import { requestCount } from './support/operator-figures.ts';
import { OperatorRun } from './support/operator-run.ts';
import { valueAt } from './support/kubernetes-object.ts';

const COUNT = 100;
const NAMES = Array.from({ length: COUNT }, (_, i) => `p${i}`);
const MIB = 2 ** 20;

/** Bounds, not aims: bench/RESULTS.md has the figures of a machine with nothing else to do. */
const READY_MS = 240_000;
const MEMORY_MIB = 200;
/** About 30 objects of a pipeline are looked for and made, its Secrets are read, and its status follows its pods. */
const REQUESTS_PER_PIPELINE = 150;

suite(`${COUNT} pipelines at once`, kubernetes, () => {
  let run: OperatorRun;
  beforeAll(async () => {
    run = await OperatorRun.start();
  }, 180_000);
  afterAll(() => run.stop(), 120_000);

  it(
    'are all ready, for memory and requests within bounds',
    async () => {
      const before = requestCount(await run.figures());
      await Promise.all(NAMES.map((name) => run.pipelines.apply(name)));
      await waitUntil(
        'all are ready',
        async () => {
          const all = await run.cluster.admin.list(run.pipelines.reference());
          const ready = all.filter((pipeline) => {
            return valueAt(pipeline, 'status.conditions.Ready.status') === 'True';
          });
          return ready.length === COUNT;
        },
        READY_MS,
        1_000,
      );
      const requests = requestCount(await run.figures()) - before;
      expect(requests).toBeLessThan(COUNT * REQUESTS_PER_PIPELINE);
      expect(run.operator.residentBytes / MIB).toBeLessThan(MEMORY_MIB);
    },
    READY_MS + 60_000,
  );
});
