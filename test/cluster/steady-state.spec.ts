import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { kubernetes, suite } from '../support/requirement.ts';
import type { AuditedRequest } from './support/audit-log.ts';
import { BrokerMetrics } from './support/broker-metrics.ts';
import { METRICS_USER } from './support/field-table-backends.ts';
import { valueAt } from './support/kubernetes-object.ts';
import { operatorVersion } from './support/operator-figures.ts';
import { programOfVersion } from './support/operator-process.ts';
import { OperatorRun } from './support/operator-run.ts';

/** Passes over every pipeline, each from what is observed then. */
const PASSES = 5;
const NAMES = ['bundled', 'external'] as const;

/** A new operator measures the queue anew, and says so in the status of what it scales. */
const besidesScaling = (writes: readonly AuditedRequest[]) =>
  writes.filter(({ resource, name }) => {
    return !(resource === 'logpipelines/status' && name === 'external');
  });

/** What an operator does where nothing is to be done. */
suite('a pipeline that is as its resource says', kubernetes, () => {
  let run: OperatorRun;
  let metrics: BrokerMetrics;

  beforeAll(async () => {
    metrics = await BrokerMetrics.start({ prefix: 'penstock', ready: 0 }, METRICS_USER);
    run = await OperatorRun.start();
    await run.pipelines.secret('monitor', METRICS_USER);
    await run.pipelines.secret('broker', { uri: 'amqp://user:secret@127.0.0.1:1' });
    await run.pipelines.apply('external', {
      rabbitmq: {
        uriSecretRef: { name: 'broker' },
        metricsUrl: metrics.url,
        metricsSecretRef: { name: 'monitor' },
      },
    });
    await run.pipelines.apply('bundled', { writer: { scaling: { engine: 'None' } } });
    await settled();
  }, 240_000);
  afterAll(async () => {
    await run.stop();
    await metrics.close();
  }, 120_000);

  /** Until pods, migration and the measuring of the queue have come to where they stay. */
  const settled = async (): Promise<void> => {
    await run.pipelines.untilReady('bundled');
    await run.pipelines.untilCondition('external', 'ScalingActive', 'is steady', (told) => {
      return told.reason === 'Steady';
    });
    await run.pipelines.untilCondition('external', 'GatewayAvailable', 'has pods', (told) => {
      return told.reason === 'Available';
    });
    await run.pipelines.untilCondition('external', 'IngestAvailable', 'has pods', (told) => {
      return told.reason === 'Available';
    });
    await run.idle();
  };
  const versions = async () => {
    const all = (await Promise.all(NAMES.map((name) => run.pipelines.children(name)))).flat();
    return all.map(({ kind, metadata }) => [kind, metadata.name, metadata.generation]);
  };

  it(`costs no write in ${PASSES} passes, applied again or not`, async () => {
    const before = await run.writes();
    const { reconciliations } = await run.figures();
    await run.passes(PASSES, NAMES);
    expect((await run.figures()).reconciliations).toBeGreaterThanOrEqual(
      reconciliations + PASSES * NAMES.length,
    );
    expect((await run.writes()).slice(before.length)).toEqual([]);
  });

  it('costs no write when the operator is started again, nor when its version is another', async () => {
    const before = await run.writes();
    const generations = await versions();
    const folder = join(run.cluster.access.folder, 'version-9.9.9');
    await run.restart({ program: await programOfVersion('9.9.9', folder) });
    expect(await operatorVersion(run.operator.url)).toBe('9.9.9');
    await run.passes(2, NAMES);
    expect(await versions()).toEqual(generations);
    expect(besidesScaling((await run.writes()).slice(before.length))).toEqual([]);
  });

  it('rolls what a changed Secret is used by, and nothing else', async () => {
    const template = async (name: string) =>
      valueAt(await run.pipelines.deployment(name), 'metadata.generation');
    const [keeper, ingest] = [await template('external-keeper'), await template('external-ingest')];
    await run.pipelines.secret('broker', { uri: 'amqp://user:rotated@127.0.0.1:1' });
    await run.pipelines.until('ingest is rolled', async () => {
      await run.touch('external');
      return (await template('external-ingest')) !== ingest;
    });
    expect(await template('external-keeper')).toBe(keeper);
  });
});
