import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { load } from 'js-yaml';
import { readFile } from 'node:fs/promises';
import { LEADER_RULES, RBAC_RULES } from '../../apps/operator/rbac.ts';
import { kubernetes, suite } from '../support/requirement.ts';
import { CHART } from './support/helm.ts';
import { referenceTo } from './support/kube-client.ts';
import { valueAt } from './support/kubernetes-object.ts';
import { OperatorRun } from './support/operator-run.ts';

it.each([
  ['pipelines.yaml', RBAC_RULES],
  ['leader.yaml', LEADER_RULES],
])('the chart grants in %s what the operator names, no more', async (file, rules) => {
  expect(load(await readFile(`${CHART}/files/rbac/${file}`, 'utf8'))).toEqual(rules);
});

/** What is missing, in the way or not as it should be. The operator has rights in its own namespace alone. */
suite('the operator', kubernetes, () => {
  let run: OperatorRun;
  beforeAll(async () => {
    run = await OperatorRun.start({ scope: 'Namespace' });
    await run.pipelines.apply('shop');
    await run.pipelines.untilReady('shop');
  }, 240_000);
  afterAll(() => run.stop(), 120_000);

  const replicasOf = async (name: string) =>
    valueAt(await run.pipelines.deployment(name), 'spec.replicas');
  const eventsOf = async (name: string) => {
    const { namespace } = run.pipelines;
    const all = await run.cluster.admin.list({
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      namespace,
    });
    return all.filter((event) => valueAt(event, 'regarding.name') === name);
  };

  it('repairs what was changed by hand, and tells so once', async () => {
    const keeper = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop-keeper' };
    const { namespace } = run.pipelines;
    await run.cluster.admin.patch({ ...keeper, namespace }, { spec: { replicas: 3 } });
    await run.pipelines.until('there is one keeper again', async () => {
      return (await replicasOf('shop-keeper')) === 1;
    });
    await run.pipelines.until('the repair is told', async () => {
      const told = await eventsOf('shop');
      return told.some((event) => String(event['note']).includes('Deployment shop-keeper'));
    });
  });

  it('makes again what was deleted by hand', async () => {
    const { namespace } = run.pipelines;
    for (const [kind, name] of [
      ['Service', 'shop-ingest'],
      ['ConfigMap', 'shop-config'],
    ] as const) {
      const before = await run.pipelines.child('v1', kind, name);
      await run.cluster.admin.delete({ apiVersion: 'v1', kind, namespace, name });
      await run.pipelines.until(`${kind} ${name} is there again`, async () => {
        const now = await run.pipelines.child('v1', kind, name);
        return now !== null && now.metadata.uid !== before?.metadata.uid;
      });
    }
  });

  it('wins over somebody else who applies its fields by force', async () => {
    const { namespace } = run.pipelines;
    const theirs = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'shop-config', namespace },
      data: { RABBITMQ_SHARDS: '9', THEIRS: 'kept' },
    };
    await run.cluster.admin.apply(theirs, 'somebody');
    await run.pipelines.until('the number of shards is ours', async () => {
      const config = await run.pipelines.child('v1', 'ConfigMap', 'shop-config');
      return valueAt(config, 'data.RABBITMQ_SHARDS') === '1';
    });
    const config = await run.pipelines.child('v1', 'ConfigMap', 'shop-config');
    expect(valueAt(config, 'data.THEIRS')).toBe('kept');
    expect((await run.writes()).some(({ code }) => code === 409)).toBe(true);
  });

  it('leaves alone what only looks like one of its own', async () => {
    const { namespace } = run.pipelines;
    const metadata = {
      name: 'a-note',
      namespace,
      labels: {
        'app.kubernetes.io/managed-by': 'penstock-operator',
        'penstock.dev/pipeline': 'shop',
      },
    };
    await run.cluster.admin.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata });
    await run.pipelines.applyAndMake('shop', { retention: { default: '30d' } });
    expect(await run.pipelines.child('v1', 'ConfigMap', 'a-note')).not.toBeNull();
  });

  describe('without a Secret', () => {
    it('says which one, and goes on once it is there', async () => {
      await run.pipelines.apply('mail', { postgres: { uriSecretRef: { name: 'mail-database' } } });
      for (const type of ['Ready', 'StoreReachable'])
        await run.pipelines.untilCondition('mail', type, `${type} names the Secret`, (told) => {
          return (
            told.status === 'False' &&
            told.reason === 'MissingSecret' &&
            told.message.includes('Secret mail-database')
          );
        });
      expect(await run.pipelines.deployment('mail-writer')).toBeNull();
      expect((await run.pipelines.condition('mail', 'ScalingActive'))?.reason).not.toBe(
        'MetricsStale',
      );

      await run.pipelines.secret('mail-database', { other: 'x' });
      await run.touch('mail');
      await run.pipelines.untilCondition('mail', 'Ready', 'names the key', (told) => {
        return told.reason === 'MissingKey' && told.message.includes('no key uri');
      });

      const uri = 'postgres://user:secret@127.0.0.1:1/logs';
      await run.pipelines.secret('mail-database', { uri });
      // It was read a moment ago, and is read again within 10 s where something is missing.
      await run.pipelines.untilCondition('mail', 'WritersAvailable', 'has writers', (told) => {
        return told.status === 'True';
      });
      await run.pipelines.untilCondition('mail', 'StoreReachable', 'says what it dials', (told) => {
        return told.reason === 'Unreachable' && told.message.includes('127.0.0.1:1');
      });
      expect(JSON.stringify(await run.pipelines.get('mail'))).not.toContain('secret@');
    });

    it('for metrics says which one, and runs the pipeline without scaling it', async () => {
      await run.pipelines.secret('broker', { uri: 'amqp://user:secret@127.0.0.1:1' });
      await run.pipelines.apply('blind', {
        rabbitmq: {
          uriSecretRef: { name: 'broker' },
          metricsUrl: 'http://127.0.0.1:1',
          metricsSecretRef: { name: 'monitor' },
        },
      });
      await run.pipelines.untilCondition('blind', 'ScalingActive', 'names the Secret', (told) => {
        return told.reason === 'MissingSecret' && told.message.includes('Secret monitor');
      });
      await run.pipelines.untilCondition('blind', 'WritersAvailable', 'has writers', (told) => {
        return told.status === 'True';
      });
    });

    it('does not replace a password that the data of a volume know', async () => {
      const { namespace } = run.pipelines;
      const reference = { apiVersion: 'v1', kind: 'Secret', namespace, name: 'shop-postgres' };
      const before = await run.cluster.admin.get(reference);
      await run.cluster.admin.delete(reference);
      await run.pipelines.until('it says what is lost', async () => {
        await run.touch('shop');
        const told = await run.pipelines.condition('shop', 'Ready');
        return told?.reason === 'SecretLost' && told.message.includes('data-shop-postgres-0');
      });
      await run.cluster.admin.create({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'shop-postgres', namespace },
        data: before['data'],
      });
      await run.touch('shop');
      await run.pipelines.untilReady('shop');
    });
  });

  it('without a right says which one, and goes on once it has it', async () => {
    const { pipelineRole } = run.rights;
    const rules = (pipelineRole['rules'] as { readonly resources: readonly string[] }[]).filter(
      ({ resources }) => !resources.includes('poddisruptionbudgets'),
    );
    await run.cluster.admin.patch(referenceTo(pipelineRole), { rules });
    await run.pipelines.apply('bare');
    await run.pipelines.untilCondition('bare', 'Ready', 'says what it may not', (told) => {
      return told.reason === 'MissingPermission' && told.message.includes('poddisruptionbudgets');
    });
    await run.cluster.admin.patch(referenceTo(pipelineRole), { rules: pipelineRole['rules'] });
    await run.touch('bare');
    await run.pipelines.untilReady('bare');
  });

  it('has a specification refused that only its own check knows, from before a rule', async () => {
    const spec = { writer: { scaling: { minReplicas: 5, maxReplicas: 2 } } };
    await run.cluster.withoutRules(async () => {
      await run.pipelines.until('the API server takes it', async () => {
        return await run.pipelines.apply('old', spec).then(
          () => true,
          () => false,
        );
      });
    });
    await run.pipelines.untilCondition('old', 'Ready', 'says what to write', (told) => {
      return (
        told.reason === 'InvalidSpec' &&
        told.message.includes('minReplicas must not be above maxReplicas')
      );
    });
  });
});
