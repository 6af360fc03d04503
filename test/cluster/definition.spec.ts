import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WRONG_SPECS } from '../../libs/pipeline/testing/wrong-specs.ts';
import { kubernetes, suite } from '../support/requirement.ts';
import type { KubernetesObject } from './support/kubernetes-object.ts';
import { valueAt } from './support/kubernetes-object.ts';
import { TestCluster } from './support/test-cluster.ts';
import { TestPipelines } from './support/test-pipelines.ts';

/** Changes of a pipeline that would lose events, and what the API server says of them. */
const FORBIDDEN_CHANGES: readonly (readonly [
  what: string,
  before: object,
  after: object,
  says: string,
])[] = [
  ['fewer shards', { queue: { shards: 3 } }, { queue: { shards: 2 } }, 'shards can only grow'],
  [
    'another prefix',
    { queue: { prefix: 'a' } },
    { queue: { prefix: 'b' } },
    'prefix cannot change',
  ],
  ['another bound of the queue', {}, { queue: { maxBytes: '1Gi' } }, 'use a policy of RabbitMQ'],
  [
    'a smaller volume',
    { postgres: { bundled: { storage: { size: '2Gi' } } } },
    { postgres: { bundled: { storage: { size: '1Gi' } } } },
    'edit the PersistentVolumeClaim',
  ],
];

/** The kind by itself: what the API server takes, fills in and refuses, without any operator. */
suite('the kind LogPipeline', kubernetes, () => {
  let cluster: TestCluster;
  let pipelines: TestPipelines;
  beforeAll(async () => {
    cluster = await TestCluster.shared();
    await cluster.createDefinition();
    const namespace = await cluster.createNamespace('definition');
    pipelines = new TestPipelines(cluster, namespace, () => '');
  }, 180_000);
  afterAll(async () => {
    await pipelines.removeAll();
    await cluster.deleteNamespace(pipelines.namespace);
    cluster.close();
  });

  const create = (name: string, spec: object): Promise<KubernetesObject> =>
    cluster.admin.create(pipelines.manifest(name, spec));

  describe('is refused with', () => {
    it.each(WRONG_SPECS)('$what', async ({ spec, path, says }) => {
      const refusal = await create('wrong', spec).then(
        () => 'nothing was refused',
        (error: unknown) => String(error),
      );
      expect(refusal).toContain(path);
      expect(refusal).toContain(says);
    });

    it('a name that makes no names of Services', async () => {
      for (const name of ['9lives', 'a.b', 'x'.repeat(41)])
        await expect(create(name, {})).rejects.toThrow('since Services are named after it');
    });

    it.each(FORBIDDEN_CHANGES)('a change to %s', async (what, before, after, says) => {
      const name = what.replaceAll(' ', '-');
      await create(name, before);
      await expect(cluster.admin.patch(pipelines.reference(name), { spec: after })).rejects.toThrow(
        says,
      );
    });
  });

  it('has its defaults filled in, and what it does not know taken out', async () => {
    const made = await create('filled', { writer: { scaling: { maxReplicas: 3 } }, unknown: 1 });
    expect(made['spec']).toMatchObject({
      ingest: { replicas: 2 },
      writer: { replicas: 1, scaling: { engine: 'Builtin', minReplicas: 1, maxReplicas: 3 } },
      retention: { rules: [] },
      deletionPolicy: 'Retain',
    });
    expect(made['spec']).not.toHaveProperty('unknown');
  });

  it('goes on with objects that were stored before it had all fields', async () => {
    await cluster.withoutDefaults(async () => {
      await pipelines.until('it is stored as it is written', async () => {
        await pipelines.remove('stored');
        const made = await create('stored', {});
        return JSON.stringify(made['spec']) === '{}';
      });
    });
    await pipelines.until('defaults are filled in where it is read', async () => {
      return valueAt(await pipelines.get('stored'), 'spec.writer.replicas') === 1;
    });
    const scale = { ...pipelines.reference('stored'), subresource: 'scale' };
    const scaled = await cluster.admin.patch(scale, { spec: { replicas: 4 } });
    expect(scaled).toMatchObject({ spec: { replicas: 4 } });
  });

  it('is found by its short name and with all of Penstock', async () => {
    const { body } = await cluster.admin.send('GET', '/apis/penstock.dev/v1alpha1');
    expect(valueAt(body, 'resources.logpipelines')).toMatchObject({
      shortNames: ['lp'],
      categories: ['penstock'],
    });
  });
});
