import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { kubernetes, suite } from '../support/requirement.ts';
import { operatorFigures } from './support/operator-figures.ts';
import { OperatorRun } from './support/operator-run.ts';

/** Longest time without a leader: the lease of 12 s, the interval of retries, and some for a busy machine. */
const FAILOVER_MS = 20_000;

/** Operators that are killed, or end in order. */
suite('one of several operators', kubernetes, () => {
  let run: OperatorRun;
  beforeAll(async () => {
    run = await OperatorRun.start();
    await run.pipelines.applyAndMake('shop');
  }, 180_000);
  afterAll(() => run.stop(), 120_000);

  it('leads, and another takes over within 20 s when it is killed', async () => {
    const leader = run.operator;
    const follower = await run.startOperator();
    expect((await operatorFigures(follower.url)).isLeader).toBe(false);
    expect((await operatorFigures(leader.url)).isLeader).toBe(true);

    await leader.kill();
    const begun = performance.now();
    await run.pipelines.until('the other leads', async () => {
      return (await operatorFigures(follower.url)).isLeader;
    });
    expect(performance.now() - begun).toBeLessThan(FAILOVER_MS);
    await run.pipelines.applyAndMake('after-failover');
  });

  it('gives its lease up when it ends in order, so that the others need not wait for it', async () => {
    const leader = run.operator;
    const follower = await run.startOperator();
    const begun = performance.now();
    await leader.stop();
    await run.pipelines.until('the other leads', async () => {
      return (await operatorFigures(follower.url)).isLeader;
    });
    expect(performance.now() - begun).toBeLessThan(FAILOVER_MS / 2);
  });
});
