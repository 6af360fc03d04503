import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { kubernetes, suite } from '../support/requirement.ts';
import { CHART, HELM_VERSIONS, Helm } from './support/helm.ts';
import type { KubernetesObject } from './support/kubernetes-object.ts';
import { valueAt } from './support/kubernetes-object.ts';

const VALUES = ['minimal', 'production', 'namespaced', 'first-pipeline'] as const;
const valuesFile = (name: string) => join(CHART, 'ci', `${name}-values.yaml`);
const MINIMAL = ['--set', 'image.repository=penstock'];

suite('the chart', kubernetes, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'penstock-helm-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  describe.each(HELM_VERSIONS)('by %s', (version) => {
    const helm = () => new Helm({ version, folder });

    it.each(VALUES)('lints with the %s values', async (name) => {
      const text = await helm().run('lint', '--strict', CHART, '--values', valuesFile(name));
      expect(text).toContain('0 chart(s) failed');
    });

    it('makes restricted pods, read-only roots and bounded memory with all values', async () => {
      for (const name of VALUES) {
        const objects = await helm().template('--values', valuesFile(name));
        const pods = objects.flatMap((object) => podSpecOf(object) ?? []);
        expect(pods.length).toBeGreaterThan(0);
        for (const pod of pods) expectRestricted(pod);
      }
    });

    it('without an image says how to build and load one', async () => {
      const { code, stderr } = await helm().attempt('template', 'penstock', CHART);
      expect(code).not.toBe(0);
      expect(stderr).toContain('docker build -t penstock:0.1.0 .');
      expect(stderr).toContain('--set image.repository=penstock');
    });

    it('takes an image by digest, the same for operator and pipelines', async () => {
      const objects = await helm().template('--values', valuesFile('production'));
      const container = valueAt(operatorOf(objects), 'spec.template.spec.containers.0');
      const image = `registry.example/tools/penstock@sha256:${'0123456789abcdef'.repeat(4)}`;
      expect(container).toMatchObject({
        image,
        args: ['operator'],
        env: expect.arrayContaining([{ name: 'PENSTOCK_IMAGE', value: image }]) as unknown,
      });
    });

    it('asks for no rights outside its namespace when it is namespaced', async () => {
      const objects = await helm().template('--values', valuesFile('namespaced'), '-n', 'logs');
      expect(objects.filter(({ metadata }) => metadata.namespace !== 'logs')).toEqual([]);
      const env = valueAt(operatorOf(objects), 'spec.template.spec.containers.0.env');
      expect(env).toContainEqual({ name: 'WATCH_NAMESPACE', value: 'logs' });
    });

    it('makes the alerts, with addresses of their runbooks, and the dashboard', async () => {
      const objects = await helm().template('--values', valuesFile('production'));
      const alerts = objects.find(({ kind }) => kind === 'PrometheusRule') ?? null;
      expect(valueAt(alerts, 'spec.groups.0.rules.0')).toMatchObject({
        alert: 'PenstockNoIngestReady',
        annotations: {
          runbook_url: 'https://wiki.example/penstock/runbooks/PenstockNoIngestReady.md',
        },
      });
      const dashboards = objects.find(({ kind }) => kind === 'ConfigMap');
      const data = dashboards?.['data'] as Record<string, string>;
      expect(JSON.parse(data['penstock.json'] ?? '')).toHaveProperty('panels');
    });

    it('alerts when its operator is gone, where it knows how its metrics are called', async () => {
      const absent = async (...args: readonly string[]) => {
        const objects = await helm().template('--values', valuesFile('production'), ...args);
        const rule = objects.find(({ kind }) => kind === 'PrometheusRule') ?? null;
        const groups = valueAt(rule, 'spec.groups') as {
          rules: { alert: string; expr: string }[];
        }[];
        const rules = groups.flatMap((group) => group.rules);
        return rules.find(({ alert }) => alert === 'PenstockOperatorAbsent')?.expr;
      };
      expect(await absent('--namespace', 'logs')).toBe(
        'absent(penstock_operator_leader{namespace="logs", job="penstock-operator-metrics"})',
      );
      expect(await absent('--set', 'metrics.serviceMonitor.enabled=false')).toBeUndefined();
    });

    it('keeps the CustomResourceDefinition, unless told otherwise', async () => {
      const definition = async (...args: readonly string[]) =>
        (await helm().template(...MINIMAL, ...args)).find(
          ({ kind }) => kind === 'CustomResourceDefinition',
        );
      expect((await definition())?.metadata.annotations).toHaveProperty(
        ['helm.sh/resource-policy'],
        'keep',
      );
      const loose = await definition('--set', 'crds.keep=false');
      expect(loose?.metadata.annotations ?? {}).not.toHaveProperty(['helm.sh/resource-policy']);
      expect(await definition('--set', 'crds.enabled=false')).toBeUndefined();
    });

    it('makes the first pipeline behind the kind, and does not delete one before', async () => {
      const objects = await helm().template('--values', valuesFile('first-pipeline'));
      expect(objects.find(({ kind }) => kind === 'LogPipeline')).toMatchObject({
        metadata: {
          name: 'shop',
          annotations: {
            'helm.sh/hook': 'post-install,post-upgrade',
            'helm.sh/hook-delete-policy': 'hook-failed',
          },
        },
        spec: { writer: { scaling: { maxReplicas: 4 } }, meilisearch: { enabled: false } },
      });
    });

    it('tests the first pipeline by HTTPS where it speaks it, and what is named where it is told', async () => {
      const environment = async (...args: readonly string[]) => {
        const objects = await helm().template('--values', valuesFile('first-pipeline'), ...args);
        return valueAt(objects.find(({ kind }) => kind === 'Pod') ?? null, 'spec.containers.0.env');
      };
      expect(await environment()).toEqual(
        expect.arrayContaining([
          { name: 'INGEST_URL', value: 'https://shop-ingest:3000' },
          { name: 'GATEWAY_URL', value: 'http://shop-gateway:3001' },
          { name: 'NODE_TLS_REJECT_UNAUTHORIZED', value: '0' },
        ]),
      );
      const named = await environment('--set', 'test.ingestUrl=https://in.example.com');
      expect(named).toContainEqual({ name: 'INGEST_URL', value: 'https://in.example.com' });
      expect(JSON.stringify(named)).not.toContain('NODE_TLS_REJECT_UNAUTHORIZED');
      expect(JSON.stringify(await environment('--set', 'test.pipeline=other'))).toContain(
        'http://other-ingest:3000',
      );
    });

    it.each([
      ['operator.scope=Everything', 'scope'],
      ['operator.replicas=-1', 'replicas'],
      ['image.digest=sha256:abc', 'digest'],
      ['imgae.repository=penstock', 'imgae'],
    ])('refuses --set %s by its schema', async (value, named) => {
      const { code, stderr } = await helm().attempt(
        'template',
        'penstock',
        CHART,
        ...MINIMAL,
        '--set',
        value,
      );
      expect(code).not.toBe(0);
      expect(stderr).toContain(named);
    });

    it('is refused by a Kubernetes that is too old', async () => {
      const args = ['template', 'penstock', CHART, ...MINIMAL, '--kube-version', '1.28.0'];
      expect((await helm().attempt(...args)).stderr).toContain('requires kubeVersion: >=1.29.0-0');
    });
  });
});

function operatorOf(objects: readonly KubernetesObject[]): KubernetesObject {
  const operator = objects.find(({ kind }) => kind === 'Deployment');
  if (operator === undefined) throw new Error('there is no Deployment');
  return operator;
}

function podSpecOf(object: KubernetesObject): object | null {
  const path = object.kind === 'Pod' ? 'spec' : 'spec.template.spec';
  return (valueAt(object, path) as object | undefined) ?? null;
}

function expectRestricted(pod: object): void {
  expect(pod).toMatchObject({
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  });
  for (const container of valueAt(pod, 'containers') as object[])
    expect(container).toMatchObject({
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
      resources: { limits: { memory: expect.any(String) as unknown } },
    });
}
