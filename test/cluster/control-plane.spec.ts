import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { kubernetes, suite } from '../support/requirement.ts';
import { waitUntil } from '../support/wait-until.ts';
import { KubeRefusal } from './support/kube-client.ts';
import type { KubernetesObject } from './support/kubernetes-object.ts';
import { valueAt } from './support/kubernetes-object.ts';
import { TestCluster } from './support/test-cluster.ts';

/** What the other suites stand on: without controllers an API server proves little. */
suite('the control plane of the tests', kubernetes, () => {
  let cluster: TestCluster;
  let namespace: string;

  beforeAll(async () => {
    cluster = await TestCluster.shared();
    namespace = await cluster.createNamespace('control-plane');
  }, 180_000);

  afterAll(async () => {
    await cluster.deleteNamespace(namespace);
    cluster.close();
  });

  it('makes ready pods of a Deployment, and takes them with it', async () => {
    const reference = { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'web' };
    await cluster.admin.apply(deployment(namespace, 'web', 3));
    await waitUntil('three replicas are ready', async () => {
      return valueAt(await cluster.admin.get(reference), 'status.readyReplicas') === 3;
    });

    await cluster.admin.delete(reference);

    const left = async (kind: string, apiVersion: string) =>
      await cluster.admin.list({ apiVersion, kind, namespace }, 'app=web');
    await waitUntil('garbage is collected', async () => {
      const [sets, pods] = [await left('ReplicaSet', 'apps/v1'), await left('Pod', 'v1')];
      return sets.length === 0 && pods.length === 0;
    });
  });

  it('binds the claims of a StatefulSet and completes a Job', async () => {
    await cluster.admin.apply(statefulSet(namespace, 'database'));
    await cluster.admin.apply(job(namespace, 'task'));
    await waitUntil('the replica is ready', async () => {
      const name = 'database';
      const set = await cluster.admin.get({
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        namespace,
        name,
      });
      return valueAt(set, 'status.readyReplicas') === 1;
    });
    await waitUntil('the Job is complete', async () => {
      const name = 'task';
      const done = await cluster.admin.get({
        apiVersion: 'batch/v1',
        kind: 'Job',
        namespace,
        name,
      });
      return valueAt(done, 'status.succeeded') === 1;
    });
  });

  it('gives a ServiceAccount by its token what RBAC grants it, and nothing else', async () => {
    const name = 'reader';
    const metadata = { name, namespace };
    await cluster.admin.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata });
    await cluster.admin.create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata,
      rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list'] }],
    });
    await cluster.admin.create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    });
    const reader = cluster.admin.withToken(await cluster.tokenOf(namespace, name));

    // The controller manager publishes the authority in every namespace.
    await waitUntil('the role holds', async () => {
      const answer = await reader.send('GET', `/api/v1/namespaces/${namespace}/configmaps`);
      return answer.status === 200;
    });
    await expect(reader.list({ apiVersion: 'v1', kind: 'Secret', namespace })).rejects.toThrow(
      KubeRefusal,
    );
    reader.close();
  });

  it('refuses pods that are not restricted', async () => {
    const pod = (securityContext: object): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'loose', namespace },
      spec: { containers: [{ name: 'main', image: 'test', securityContext }] },
    });
    await expect(cluster.admin.create(pod({}))).rejects.toThrow('violates PodSecurity "restricted');
  });
});

const RESTRICTED = {
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

function podTemplate(app: string): object {
  return {
    metadata: { labels: { app } },
    spec: { containers: [{ name: 'main', image: 'test', securityContext: RESTRICTED }] },
  };
}

function deployment(namespace: string, name: string, replicas: number): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: { replicas, selector: { matchLabels: { app: name } }, template: podTemplate(name) },
  };
}

function statefulSet(namespace: string, name: string): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, namespace },
    spec: {
      serviceName: name,
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: podTemplate(name),
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      ],
    },
  };
}

function job(namespace: string, name: string): KubernetesObject {
  const { spec, ...template } = podTemplate(name) as { spec: object };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace },
    spec: { template: { ...template, spec: { ...spec, restartPolicy: 'Never' } } },
  };
}
