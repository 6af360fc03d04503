import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { load } from 'js-yaml';
import { readFile } from 'node:fs/promises';
import { LEADER_RULES, RBAC_RULES } from '../../apps/operator/rbac.ts';
import { kubernetes, suite } from '../support/requirement.ts';
import type { RunningProcess } from '../support/running-process.ts';
import { waitUntil } from '../support/wait-until.ts';
import { CHART } from './support/helm.ts';
import type { KubernetesObject, ResourceReference } from './support/kubernetes-object.ts';
import { valueAt } from './support/kubernetes-object.ts';
import { installRights, removeRights, startOperator } from './support/operator-process.ts';
import { TestCluster } from './support/test-cluster.ts';

const READY_MS = 60_000;
const CHILDREN: readonly (readonly [string, string])[] = [
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['v1', 'Service'],
  ['v1', 'ConfigMap'],
  ['v1', 'ServiceAccount'],
  ['networking.k8s.io/v1', 'NetworkPolicy'],
  ['policy/v1', 'PodDisruptionBudget'],
];

it.each([
  ['pipelines.yaml', RBAC_RULES],
  ['leader.yaml', LEADER_RULES],
])('the chart grants in %s what the operator names, no more', async (file, rules) => {
  expect(load(await readFile(`${CHART}/files/rbac/${file}`, 'utf8'))).toEqual(rules);
});

/** The operator as a process with the rights of the chart, on pods that kwok plays. */
suite('the operator', kubernetes, () => {
  let cluster: TestCluster;
  let home: string;
  let namespace: string;
  let operator: RunningProcess;

  beforeAll(async () => {
    cluster = await TestCluster.shared();
    await cluster.removeDefinition();
    await cluster.createDefinition();
    home = await cluster.createNamespace('operator');
    namespace = await cluster.createNamespace('logs');
    await installRights(cluster, home);
    operator = await startOperator(cluster, { home, pipelines: namespace });
  }, 240_000);

  afterAll(async () => {
    await operator.stop();
    await removeRights(cluster, home);
    await cluster.removeDefinition();
    for (const name of [home, namespace]) await cluster.deleteNamespace(name);
    cluster.close();
  }, 60_000);

  const pipelineNamed = (name: string): ResourceReference => ({
    apiVersion: 'penstock.dev/v1alpha1',
    kind: 'LogPipeline',
    namespace,
    name,
  });
  const apply = (name: string, spec: object) =>
    cluster.admin.apply({
      apiVersion: 'penstock.dev/v1alpha1',
      kind: 'LogPipeline',
      metadata: { name, namespace },
      spec,
    });
  const condition = async (name: string, type: string): Promise<KubernetesObject | undefined> => {
    const conditions = valueAt(await cluster.admin.get(pipelineNamed(name)), 'status.conditions');
    return ((conditions ?? []) as KubernetesObject[]).find((each) => each['type'] === type);
  };
  /** Waits for a condition to be so, and tells the status where it does not get so. */
  const untilCondition = async (
    name: string,
    type: string,
    what: string,
    holds: (condition: Readonly<Record<string, unknown>>) => boolean,
  ) => {
    try {
      await waitUntil(
        `${name}: ${what}`,
        async () => holds((await condition(name, type)) ?? {}),
        READY_MS,
      );
    } catch (error) {
      const status = valueAt(await cluster.admin.get(pipelineNamed(name)), 'status');
      throw new Error(`${JSON.stringify(status)}\n${operator.text}`, { cause: error });
    }
  };
  const deployment = (name: string) =>
    cluster.admin.find({ apiVersion: 'apps/v1', kind: 'Deployment', namespace, name });
  const children = async (name: string) => {
    const lists = CHILDREN.map(([apiVersion, kind]) =>
      cluster.admin.list({ apiVersion, kind, namespace }, `penstock.dev/pipeline=${name}`),
    );
    return (await Promise.all(lists)).flat();
  };

  it('makes of the minimal resource a pipeline that is ready', async () => {
    await apply('shop', {});
    await untilCondition('shop', 'Ready', 'is ready', ({ status }) => status === 'True');

    const names = (await children('shop')).map(({ metadata }) => metadata.name);
    expect(names).toEqual(
      expect.arrayContaining(['shop-ingest', 'shop-writer', 'shop-gateway', 'shop-keeper']),
    );
    expect(names).toEqual(
      expect.arrayContaining(['shop-postgres', 'shop-rabbitmq', 'shop-meilisearch']),
    );
  }, 90_000);

  it('writes no child for a change that changes none, nor after its restart', async () => {
    const versions = async () =>
      (await children('shop')).map(({ kind, metadata }) => [
        kind,
        metadata.name,
        metadata.generation,
        metadata.managedFields?.map(({ manager }) => manager),
      ]);
    const before = await versions();
    await operator.stop();
    operator = await startOperator(cluster, { home, pipelines: namespace });
    await apply('shop', { writer: { scaling: { targetDrainSeconds: 61 } } });
    await waitUntil('the change is observed', async () => {
      const now = await cluster.admin.get(pipelineNamed('shop'));
      return valueAt(now, 'status.observedGeneration') === now.metadata.generation;
    });
    expect(await versions()).toEqual(before);
  }, 60_000);

  it('repairs what was changed or deleted by hand', async () => {
    await cluster.admin.patch(
      { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'shop-keeper' },
      { spec: { replicas: 3 } },
    );
    await cluster.admin.delete({
      apiVersion: 'v1',
      kind: 'Service',
      namespace,
      name: 'shop-ingest',
    });

    await waitUntil('the number of keepers is one again', async () => {
      return valueAt(await deployment('shop-keeper'), 'spec.replicas') === 1;
    });
    await waitUntil('the Service is there again', async () => {
      const service = { apiVersion: 'v1', kind: 'Service', namespace, name: 'shop-ingest' };
      return (await cluster.admin.find(service)) !== null;
    });
  });

  it('says which Secret is missing, and goes on once it is there', async () => {
    await apply('mail', { postgres: { uriSecretRef: { name: 'mail-database' } } });
    await untilCondition('mail', 'StoreReachable', 'the Secret is named', (store) => {
      return (
        store['reason'] === 'MissingSecret' && String(store['message']).includes('mail-database')
      );
    });
    expect(await deployment('mail-writer')).toBeNull();

    await cluster.admin.create({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'mail-database', namespace },
      stringData: { uri: 'postgres://user:secret@127.0.0.1:1/logs' },
    });
    await untilCondition('mail', 'StoreReachable', 'the Secret is found', ({ reason }) => {
      return reason !== undefined && reason !== 'MissingSecret';
    });
    await cluster.admin.delete(pipelineNamed('mail'));
  }, 90_000);

  it('leaves nothing of a pipeline that is deleted', async () => {
    await cluster.admin.delete(pipelineNamed('shop'));
    await waitUntil(
      'all children are gone',
      async () => (await children('shop')).length === 0,
      READY_MS,
    );
  }, 90_000);
});
