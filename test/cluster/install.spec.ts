import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { kubernetes, suite } from '../support/requirement.ts';
import { waitUntil } from '../support/wait-until.ts';
import { CHART, HELM_VERSIONS, Helm } from './support/helm.ts';
import type { KubernetesObject } from './support/kubernetes-object.ts';
import { valueAt } from './support/kubernetes-object.ts';
import { readDefinition, TestCluster } from './support/test-cluster.ts';

const DEFINITION = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  name: 'logpipelines.penstock.dev',
};
const IMAGE = ['--set', 'image.repository=penstock'];
const FIRST = ['--set', 'pipeline.enabled=true', '--set', 'pipeline.name=shop'];

/** Everything that Helm does with the chart, on an API server, in the order of a release's life. */
suite('a release of the chart', kubernetes, () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await TestCluster.shared();
  }, 180_000);
  afterAll(() => {
    cluster.close();
  });

  describe.each(HELM_VERSIONS)('by %s', (version) => {
    let namespace: string;
    let helm: Helm;

    beforeAll(async () => {
      namespace = await cluster.createNamespace('release');
      const { folder, kubeconfig } = cluster.access;
      helm = new Helm({ version, folder: `${folder}/${version}`, kubeconfig });
      await cluster.removeDefinition();
    });
    afterAll(async () => {
      await cluster.deleteNamespace(namespace);
      await cluster.removeDefinition();
      for (const kind of ['ClusterRole', 'ClusterRoleBinding'])
        for (const { metadata } of await cluster.admin.list(
          { apiVersion: 'rbac.authorization.k8s.io/v1', kind },
          'app.kubernetes.io/instance=penstock',
        ))
          await cluster.admin.delete({
            apiVersion: 'rbac.authorization.k8s.io/v1',
            kind,
            name: metadata.name,
          });
    });

    const release = (command: string, ...args: readonly string[]) =>
      helm.run(command, 'penstock', ...args, '--namespace', namespace);
    const operator = () =>
      cluster.admin.find({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        namespace,
        name: 'penstock-operator',
      });
    /** Helm 3 looks at the ReplicaSet, which is a moment ahead of its Deployment. */
    const untilReady = (replicas: number) =>
      waitUntil(`${replicas} operators are ready`, async () => {
        return valueAt(await operator(), 'status.readyReplicas') === replicas;
      });
    const pipeline = () =>
      cluster.admin.find({
        apiVersion: 'penstock.dev/v1alpha1',
        kind: 'LogPipeline',
        namespace,
        name: 'shop',
      });

    it('is installed, with a first pipeline behind the kind that it is of', async () => {
      const args = [...IMAGE, ...FIRST, '--wait', '--timeout', '60s'];
      const notes = await release('install', CHART, ...args);

      await untilReady(1);
      expect(await pipeline()).not.toBeNull();
      expect(notes).toContain(`kubectl --namespace ${namespace} wait logpipeline/shop`);
    });

    it('binds the rights to the account that the operator runs under', async () => {
      const account = valueAt(await operator(), 'spec.template.spec.serviceAccountName');
      const token = await cluster.tokenOf(namespace, String(account));
      const client = cluster.admin.withToken(token);
      const answer = await client.send('GET', '/apis/penstock.dev/v1alpha1/logpipelines');
      client.close();
      expect(answer.status).toBe(200);
    });

    it('passes its test', async () => {
      expect(await release('test', '--timeout', '60s')).toMatch(/Phase:\s+Succeeded/);
    });

    it('is upgraded, and leaves the first pipeline as it is', async () => {
      const before = await pipeline();
      const changes = ['--set', 'operator.logLevel=debug', '--set', 'pipeline.spec.paused=true'];
      await release('upgrade', CHART, ...IMAGE, ...FIRST, ...changes, '--wait');

      expect(environmentOf(await operator())).toContainEqual({ name: 'LOG_LEVEL', value: 'debug' });
      expect(await pipeline()).toEqual(before);
    });

    it('is rolled back', async () => {
      const before = valueAt(await pipeline(), 'metadata.uid');
      await release('rollback', '1', '--wait');

      expect(environmentOf(await operator())).toContainEqual({ name: 'LOG_LEVEL', value: 'info' });
      expect(valueAt(await pipeline(), 'metadata.uid')).toBe(before);
    });

    it('is upgraded after its operators were scaled by hand', async () => {
      await cluster.admin.patch(
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace,
          name: 'penstock-operator',
          subresource: 'scale',
        },
        { spec: { replicas: 0 } },
      );
      const changes = ['--set', 'operator.replicas=2'];
      await release('upgrade', CHART, ...IMAGE, ...FIRST, ...changes, '--wait');

      await untilReady(2);
    });

    it('takes the definition back from who changed it by hand', async () => {
      const changed = await definitionWith({ shortNames: ['lp', 'logp'] });
      await cluster.admin.apply(changed, 'kubectl');
      const upgrade = ['upgrade', 'penstock', CHART, ...IMAGE, ...FIRST, '--namespace', namespace];
      // Helm 3 does not ask who owns a field.
      if (version === 'helm4') {
        const { code, stderr } = await helm.attempt(...upgrade);
        expect(code).not.toBe(0);
        expect(stderr).toContain('conflict with "kubectl": .spec.names.shortNames');
        await helm.run(...upgrade, '--force-conflicts');
      } else await helm.run(...upgrade);

      const names = valueAt(await cluster.admin.get(DEFINITION), 'spec.names.shortNames');
      expect(names).toEqual(['lp']);
    });

    it('leaves the pipelines and their kind when it is uninstalled, and comes back to them', async () => {
      const before = valueAt(await pipeline(), 'metadata.uid');
      await release('uninstall', '--wait');

      await waitUntil('the operator is gone', async () => (await operator()) === null);
      expect(await cluster.admin.find(DEFINITION)).not.toBeNull();
      expect(valueAt(await pipeline(), 'metadata.uid')).toBe(before);

      await release('install', CHART, ...IMAGE, ...FIRST, '--wait', '--timeout', '60s');
      expect(valueAt(await pipeline(), 'metadata.uid')).toBe(before);
      await release('uninstall', '--wait');
    });
  });
});

/** The definition, as of a version that names the kind otherwise. */
async function definitionWith(names: object): Promise<KubernetesObject> {
  const definition = await readDefinition();
  const spec = definition['spec'] as { readonly names: object };
  return { ...definition, spec: { ...spec, names: { ...spec.names, ...names } } };
}

function environmentOf(deployment: KubernetesObject | null): unknown {
  return valueAt(deployment, 'spec.template.spec.containers.0.env');
}
