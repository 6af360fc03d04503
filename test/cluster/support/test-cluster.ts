import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { waitUntil } from '../../support/wait-until.ts';
import type { KubeAccess } from './kube-client.ts';
import { KubeClient, referenceTo } from './kube-client.ts';
import type { KubernetesObject } from './kubernetes-object.ts';
import { valueAt } from './kubernetes-object.ts';

/** How to reach the control plane that all suites share. */
export interface ClusterAccess extends KubeAccess {
  /** Of the administrator. */
  readonly kubeconfig: string;
  /** A line of JSON per request of a ServiceAccount. */
  readonly auditLog: string;
  /** A folder for files of the suites, which goes with the control plane. */
  readonly folder: string;
}

export type ControlPlaneProgram =
  'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'kwok';

const DEFINITION_FILE = 'penstock.dev_logpipelines.yaml';
const DEFINITION = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  name: 'logpipelines.penstock.dev',
};

interface DefinedKind {
  readonly group: string;
  readonly names: { readonly plural: string };
  readonly versions: readonly { readonly name: string }[];
}

/** The control plane of a test run, started by the first suite that asks. Suites keep to namespaces of their own. */
export class TestCluster {
  readonly access: ClusterAccess;
  readonly admin: KubeClient;

  private constructor(access: ClusterAccess) {
    this.access = access;
    this.admin = new KubeClient(access);
  }

  static async shared(): Promise<TestCluster> {
    return new TestCluster(JSON.parse(await ask('/')) as ClusterAccess);
  }

  /** A namespace of a name that no other has, under Pod Security `restricted`. */
  async createNamespace(prefix: string): Promise<string> {
    const name = `${prefix}-${randomBytes(4).toString('hex')}`;
    await this.admin.create({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
    });
    return name;
  }

  async deleteNamespace(name: string): Promise<void> {
    await this.admin.delete({ apiVersion: 'v1', kind: 'Namespace', name });
  }

  /** Makes the API know LogPipelines. */
  async createDefinition(): Promise<void> {
    await this.define(await readDefinition());
  }

  /** While the work is done, LogPipelines are taken as from before there were rules. */
  async withoutRules(work: () => Promise<void>): Promise<void> {
    await this.without(['x-kubernetes-validations'], work);
  }

  /** While the work is done, LogPipelines are stored as they are written: from before there were some fields. */
  async withoutDefaults(work: () => Promise<void>): Promise<void> {
    // Rules speak of fields that are filled in.
    await this.without(['default', 'x-kubernetes-validations'], work);
  }

  private async without(keywords: readonly string[], work: () => Promise<void>): Promise<void> {
    const definition = await readDefinition();
    await this.admin.apply(withoutKeywords(definition, keywords) as KubernetesObject);
    try {
      await work();
    } finally {
      await this.admin.apply(definition);
    }
  }

  /** Makes the API know the kinds of a CustomResourceDefinition. */
  async define(definition: KubernetesObject): Promise<void> {
    await this.admin.apply(definition);
    await waitUntil(
      `the API serves ${String(definition.metadata.name)}`,
      async () => {
        const found = await this.admin.get(referenceTo(definition));
        return valueAt(found, 'status.conditions.Established.status') === 'True';
      },
      60_000,
    );
    const { group, names, versions } = definition['spec'] as DefinedKind;
    for (const { name } of versions)
      await waitUntil(
        `the API lists ${names.plural}`,
        async () =>
          (await this.admin.send('GET', `/apis/${group}/${name}/${names.plural}`)).status === 200,
        60_000,
      );
  }

  /** Makes the API forget LogPipelines, and all that there are. */
  async removeDefinition(): Promise<void> {
    await this.admin.delete(DEFINITION);
    await waitUntil(
      'LogPipelines are gone',
      async () => (await this.admin.find(DEFINITION)) === null,
    );
  }

  /** A token of a ServiceAccount, as its pods get one. */
  async tokenOf(namespace: string, serviceAccount: string): Promise<string> {
    const answer = await this.admin.send(
      'POST',
      `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`,
      {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { expirationSeconds: 7_200 },
      },
    );
    if (answer.status !== 201) throw new Error(`no token: ${JSON.stringify(answer.body)}`);
    return (answer.body['status'] as { token: string }).token;
  }

  /** Path of a kubeconfig with a token of a ServiceAccount and with no more rights than it has. */
  async kubeconfigOf(namespace: string, serviceAccount: string): Promise<string> {
    const token = await this.tokenOf(namespace, serviceAccount);
    const cluster = {
      server: this.access.url,
      'certificate-authority-data': Buffer.from(this.access.authority).toString('base64'),
    };
    const path = join(this.access.folder, `${namespace}.${serviceAccount}.kubeconfig`);
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'test', cluster }],
      users: [{ name: serviceAccount, user: { token } }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: serviceAccount, namespace } }],
      'current-context': 'test',
    };
    await writeFile(path, JSON.stringify(config), { mode: 0o600 });
    return path;
  }

  async stop(program: ControlPlaneProgram): Promise<void> {
    await ask(`/stop/${program}`);
  }

  /** Resolves when it serves. */
  async start(program: ControlPlaneProgram): Promise<void> {
    await ask(`/start/${program}`);
  }

  /** Drops the history of etcd. */
  async compact(): Promise<void> {
    await ask('/compact');
  }

  /** Ends the connections of this suite; the control plane goes on. */
  close(): void {
    this.admin.close();
  }
}

/** The definition of LogPipelines that the chart brings. */
export async function readDefinition(): Promise<KubernetesObject> {
  const file = new URL('../../../deploy/crds/' + DEFINITION_FILE, import.meta.url);
  return load(await readFile(file, 'utf8')) as KubernetesObject;
}

/** A schema without some keywords; fields may have their names. */
function withoutKeywords(value: unknown, keywords: readonly string[], areFields = false): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutKeywords(item, keywords));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value)
    .filter(([name]) => areFields || !keywords.includes(name))
    .map(([name, each]) => {
      const next = !areFields && name === 'properties';
      return [name, withoutKeywords(each, keywords, next)] as const;
    });
  return Object.fromEntries(members);
}

async function ask(path: string): Promise<string> {
  const desk = process.env['PENSTOCK_TEST_CLUSTER'];
  if (desk === undefined)
    throw new Error('PENSTOCK_TEST_CLUSTER is not set: run the tests by Jest');
  const answer = await fetch(desk + path, { method: 'POST' });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text;
}
