import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { freePort } from '../support/free-port.mjs';
import { kubernetes, suite } from '../support/requirement.ts';
import type { RunningProcess } from '../support/running-process.ts';
import { waitUntil } from '../support/wait-until.ts';
import { referenceTo } from './support/kube-client.ts';
import { installRights, spawnOperator, type InstalledRights } from './support/operator-process.ts';
import { TestCluster } from './support/test-cluster.ts';

/** An operator that comes before the definition of LogPipeline, or before the right to list them. */
suite('an operator without LogPipelines', kubernetes, () => {
  let cluster: TestCluster;
  let home: string;
  let rights: InstalledRights;
  let operator: RunningProcess;
  let url: string;
  beforeAll(async () => {
    cluster = await TestCluster.shared();
    await cluster.removeDefinition();
    home = await cluster.createNamespace('operator');
    rights = await installRights(cluster, home, 'Namespace');
    await cluster.admin.patch(referenceTo(rights.pipelineRole), { rules: [] });
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    operator = await spawnOperator(cluster, {
      home,
      serviceAccount: rights.serviceAccount,
      watched: home,
      environment: { OPERATIONS_PORT: String(port) },
    });
  }, 180_000);
  afterAll(async () => {
    await operator.stop();
    await rights.remove();
    await cluster.deleteNamespace(home);
    cluster.close();
  }, 120_000);

  const status = async (path: string) => (await fetch(url + path)).status;
  const untilUnready = (why: string) =>
    waitUntil(`it is not ready: ${why}`, async () => {
      const answer = await fetch(`${url}/health/ready`).catch(() => null);
      return answer?.status === 503 && (await answer.text()).includes(why);
    });

  it('is not ready and says what it lacks, as long as it lacks it', async () => {
    await untilUnready('cannot list resource');
    const { pipelineRole } = rights;
    await cluster.admin.patch(referenceTo(pipelineRole), { rules: pipelineRole['rules'] });

    await untilUnready('is its CustomResourceDefinition installed');
    expect(await status('/health/live')).toBe(200);
    expect(operator.text).not.toContain('operator.leading');

    await cluster.createDefinition();
    await operator.ready();
    expect(await status('/health/ready')).toBe(200);
  });

  it('stays ready when the definition goes later, and says that it is gone', async () => {
    await cluster.removeDefinition();
    await waitUntil('it is told', () =>
      operator.log.some(({ event, message }) => {
        return event === 'operator.watch-failed' && message.includes('CustomResourceDefinition');
      }),
    );
    expect(await status('/health/ready')).toBe(200);
  });
});
