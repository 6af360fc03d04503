import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { kubernetes, suite } from '../support/requirement.ts';
import { waitUntil } from '../support/wait-until.ts';
import { OperatorRun } from './support/operator-run.ts';

const OUTAGE_MS = 60_000;

/** The API server goes, comes back, and forgets. Without a lease, which may run out meanwhile and end the operator. */
suite('an operator without its API server', kubernetes, () => {
  let run: OperatorRun;
  beforeAll(async () => {
    run = await OperatorRun.start({ environment: { LEADER_ELECTION: 'false' } });
    await run.pipelines.apply('shop');
    await run.pipelines.untilReady('shop');
    await run.idle();
  }, 180_000);
  afterAll(() => run.stop(), 120_000);

  const readiness = async () => (await fetch(`${run.operator.url}/health/ready`)).status;
  const versions = async () =>
    (await run.pipelines.children('shop')).map(({ kind, metadata }) => {
      return [kind, metadata.name, metadata.uid, metadata.generation];
    });

  it('says so, and goes on where it was once the API server is back', async () => {
    const before = await versions();
    await run.cluster.stop('kube-apiserver');
    await waitUntil('it is not ready', async () => (await readiness()) === 503, OUTAGE_MS);
    expect((await fetch(`${run.operator.url}/health/live`)).status).toBe(200);
    await run.cluster.start('kube-apiserver');

    await run.pipelines.applyAndMake('after-outage');
    await waitUntil('it is ready', async () => (await readiness()) === 200, OUTAGE_MS);
    expect(await versions()).toEqual(before);
  });

  it('lists anew what it cannot watch from where it was', async () => {
    const lists = async () => {
      const all = await run.requests();
      return all.filter(({ verb, resource }) => verb === 'list' && resource === 'configmaps');
    };
    const before = (await lists()).length;
    // Its watches begin at versions from before these, which are then gone from etcd and from memory.
    await run.pipelines.applyAndMake('before-compaction');
    await run.cluster.compact();
    await run.cluster.stop('kube-apiserver');
    await run.cluster.start('kube-apiserver');

    await run.pipelines.applyAndMake('after-compaction');
    // The same process lists again only where a watch was answered that its version has expired.
    await run.pipelines.until('it listed again', async () => (await lists()).length > before);
  });
});
