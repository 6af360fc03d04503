import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { load } from 'js-yaml';
import type { WrittenSpec } from '#pipeline';
import { kubernetes, suite } from '../support/requirement.ts';
import type { KubernetesObject } from './support/kubernetes-object.ts';
import { valueAt } from './support/kubernetes-object.ts';
import { OperatorRun } from './support/operator-run.ts';
import { PIPELINE } from './support/test-pipelines.ts';

const SAMPLES = new URL('../../deploy/samples/', import.meta.url);

/** What the operator says of each sample in a namespace that has nothing else: where it waits, and for what. */
const SAID: Readonly<Record<string, readonly [type: string, reason: string, words: string]>> = {
  'access.yaml': ['Ready', 'MissingSecret', 'spec.ingest.tls.secretRef names the Secret shop-web'],
  'archive.yaml': ['Ready', 'MissingSecret', 'Secret shop-archive'],
  'keda.yaml': ['ScalingActive', 'KedaMissing', 'KEDA is not installed'],
  'manual-scaling.yaml': ['ScalingActive', 'EngineNone', 'spec.writer.replicas'],
  'minimal.yaml': ['Ready', 'Available', 'for evaluation'],
  'operators.yaml': ['Ready', 'MissingCluster', 'CloudNativePG Cluster shop-db'],
  'production.yaml': ['Ready', 'MissingSecret', 'Secret shop-database'],
  'spool.yaml': ['IngestAvailable', 'Available', '3 pods of ingest'],
};

/** Whose number of writers no figures of a queue change. */
const QUIET: WrittenSpec = { writer: { scaling: { engine: 'None' } } };
/** More than the time after which everything is looked at again. */
const QUIET_MS = 60_000;

/** From the resource to pods that are ready, and to nothing again. */
suite('a pipeline', kubernetes, () => {
  let run: OperatorRun;
  /** Writes of the operator to one that stays as it is, since all of it was made. */
  let quiet: { readonly writes: number; readonly since: number };
  beforeAll(async () => {
    run = await OperatorRun.start();
    await run.pipelines.apply('quiet', QUIET);
    for (const type of ['Ready', 'GatewayAvailable', 'IngestAvailable'])
      await run.pipelines.untilCondition('quiet', type, `${type} is Available`, (told) => {
        return told.reason === 'Available';
      });
    await run.idle();
    quiet = { writes: (await writesTo('quiet')).length, since: performance.now() };
  }, 180_000);
  afterAll(() => run.stop(), 120_000);

  const writesTo = async (name: string) =>
    (await run.writes()).filter((write) => write.name.startsWith(name));

  it('of the minimal resource is ready, with backends of its own', async () => {
    await run.pipelines.apply('shop');
    await run.pipelines.untilReady('shop');

    const all = (await run.pipelines.children('shop')).map(({ kind, metadata }) => {
      return `${kind} ${metadata.name ?? ''}`;
    });
    expect(all).toEqual(
      expect.arrayContaining([
        'Deployment shop-ingest',
        'Deployment shop-writer',
        'Deployment shop-gateway',
        'Deployment shop-keeper',
        'Service shop-ingest',
        'StatefulSet shop-postgres',
        'StatefulSet shop-rabbitmq',
        'StatefulSet shop-meilisearch',
        'PodDisruptionBudget shop-ingest',
        'NetworkPolicy shop-postgres',
        expect.stringMatching(/^Job shop-migrate-/),
      ]),
    );
  });

  it('is ready by the metrics of the operator', async () => {
    const ready = `penstock_operator_pipeline_ready{pipeline="${run.pipelines.namespace}/shop"} 1`;
    await run.pipelines.until('the metric is 1', async () => {
      return (await (await fetch(`${run.operator.url}/metrics`)).text()).includes(ready);
    });
  });

  it('shows people what matters, as columns', async () => {
    const path = `/apis/penstock.dev/v1alpha1/namespaces/${run.pipelines.namespace}/logpipelines`;
    const table = await run.cluster.admin.table(path);
    const shop = table.filter(({ Name: name }) => name === 'shop');
    expect(shop).toMatchObject([{ Ready: 'True', Writers: 1, Reason: 'Available' }]);
  });

  it('keeps passwords in Secrets, random ones', async () => {
    const password = async (name: string) =>
      valueAt(await run.pipelines.child('v1', 'Secret', name), 'data.password');
    const [postgres, rabbitmq] = [await password('shop-postgres'), await password('shop-rabbitmq')];
    expect(String(postgres).length).toBeGreaterThan(30);
    expect(postgres).not.toBe(rabbitmq);
    const others = JSON.stringify(await run.pipelines.children('shop'));
    const plain = Buffer.from(String(postgres), 'base64').toString();
    expect(others).not.toContain(plain);
  });

  it('is scaled as kubectl scale does it, where people decide', async () => {
    const spec: WrittenSpec = { writer: { scaling: { engine: 'None' } } };
    await run.pipelines.apply('hand', spec);
    await run.pipelines.untilCondition('hand', 'WritersAvailable', 'has a writer', (told) => {
      return told.message.startsWith('1 of 1');
    });
    const scale = { ...run.pipelines.reference('hand'), subresource: 'scale' };
    await run.cluster.admin.patch(scale, { spec: { replicas: 3 } });
    await run.pipelines.untilCondition('hand', 'WritersAvailable', 'has three writers', (told) => {
      return told.message.startsWith('3 of 3');
    });
    const told = await run.cluster.admin.get(scale);
    expect(told).toMatchObject({
      spec: { replicas: 3 },
      status: { replicas: 3, selector: expect.stringContaining('component=writer') as unknown },
    });
  });

  it('says that scaling by hand is ignored, where the operator decides', async () => {
    const scale = { ...run.pipelines.reference('shop'), subresource: 'scale' };
    await run.cluster.admin.patch(scale, { spec: { replicas: 5 } });
    await run.pipelines.untilCondition('shop', 'ManualScaleIgnored', 'is said', ({ status }) => {
      return status === 'True';
    });
    expect(valueAt(await run.pipelines.deployment('shop-writer'), 'spec.replicas')).toBe(1);
  });

  it('has an autoscaler that it does not fight with', async () => {
    const made = (spec: WrittenSpec) => {
      const ingest = { autoscaling: { minReplicas: 2 } };
      return run.pipelines.applyAndMake('auto', { ...spec, ingest });
    };
    await made({});
    const scaler = await run.pipelines.child(
      'autoscaling/v2',
      'HorizontalPodAutoscaler',
      'auto-ingest',
    );
    expect(valueAt(scaler, 'spec.scaleTargetRef.name')).toBe('auto-ingest');
    const scale = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'auto-ingest' };
    const { namespace } = run.pipelines;
    await run.cluster.admin.patch(
      { ...scale, namespace, subresource: 'scale' },
      { spec: { replicas: 4 } },
    );
    await made({ retention: { default: '7d' } });
    expect(valueAt(await run.pipelines.deployment('auto-ingest'), 'spec.replicas')).toBe(4);
  });

  describe.each(readdirSync(SAMPLES))('deploy/samples/%s', (file) => {
    it('is applied, and the operator says how it is', async () => {
      const name = file.replace('.yaml', '');
      const sample = load(readFileSync(new URL(file, SAMPLES), 'utf8')) as KubernetesObject;
      await run.pipelines.apply(name, sample['spec'] as WrittenSpec);
      const said = SAID[file];
      if (said === undefined) throw new Error(`SAID has no row for ${file}`);
      const [type, reason, words] = said;
      await run.pipelines.untilCondition(name, type, `${type} is ${reason}`, (told) => {
        return told.reason === reason && told.message.includes(words);
      });
    });
  });

  describe('that is deleted', () => {
    it('leaves nothing but its volumes and their passwords', async () => {
      await run.pipelines.remove('shop');
      await run.pipelines.until('all that was made of it is gone', async () => {
        return (await run.pipelines.descendants('shop')).length === 0;
      });
      const { namespace } = run.pipelines;
      const left = async (kind: string) => {
        const all = await run.cluster.admin.list({ apiVersion: 'v1', kind, namespace });
        return all.map(({ metadata }) => metadata.name).filter((name) => name?.includes('shop-'));
      };
      expect(await left('PersistentVolumeClaim')).toHaveLength(3);
      expect((await left('Secret')).sort()).toEqual([
        'shop-admin',
        'shop-ingest-token',
        'shop-meilisearch',
        'shop-postgres',
        'shop-rabbitmq',
      ]);
    });

    it('leaves not even those where it says so', async () => {
      await run.pipelines.apply('gone', { deletionPolicy: 'Delete' });
      await run.pipelines.untilReady('gone');
      await run.pipelines.remove('gone');
      const { namespace } = run.pipelines;
      await run.pipelines.until('volumes and Secrets are gone', async () => {
        const lists = ['PersistentVolumeClaim', 'Secret'].map((kind) =>
          run.cluster.admin.list({ apiVersion: 'v1', kind, namespace }),
        );
        const names = (await Promise.all(lists)).flat().map(({ metadata }) => metadata.name ?? '');
        return names.every((name) => !name.includes('gone-'));
      });
    });
  });

  it(`costs no write for ${QUIET_MS / 1_000} s while nothing changes, applied again or not`, async () => {
    await run.pipelines.apply('quiet', QUIET);
    await run.pipelines.until('the time is over', () => {
      return Promise.resolve(performance.now() - quiet.since >= QUIET_MS);
    });
    await run.pipelines.apply('quiet', QUIET);
    await run.touch('quiet');
    await run.idle();
    expect((await writesTo('quiet')).slice(quiet.writes)).toEqual([]);
  });

  it('goes without an operator, as where that was uninstalled first', async () => {
    await Promise.all(run.operators.map((operator) => operator.stop()));
    expect((await run.pipelines.get('quiet')).metadata.finalizers).toBeUndefined();
    await run.pipelines.remove('quiet');
    await run.pipelines.until('it and all that was made of it is gone', async () => {
      const { namespace } = run.pipelines;
      const all = await run.cluster.admin.list({ ...PIPELINE, namespace });
      return (
        all.every(({ metadata }) => metadata.name !== 'quiet') &&
        (await run.pipelines.descendants('quiet')).length === 0
      );
    });
  });
});
