import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { RunningProcess } from '../../support/running-process.ts';
import { CHART, Helm } from './helm.ts';
import { referenceTo } from './kube-client.ts';
import type { KubernetesObject } from './kubernetes-object.ts';
import { valueAt } from './kubernetes-object.ts';
import type { TestCluster } from './test-cluster.ts';

const PROGRAM = join(import.meta.dirname, '../../..');
const RIGHTS: readonly string[] = [
  'ServiceAccount',
  'Role',
  'RoleBinding',
  'ClusterRole',
  'ClusterRoleBinding',
];

/** What the chart gives its operator, without the pod: the operator of a suite is a process. */
export interface InstalledRights {
  readonly serviceAccount: string;
  /** Of the pod, as far as it is about the process and not about where it is. */
  readonly environment: Readonly<Record<string, string>>;
  /** Role or ClusterRole over pipelines and their children. */
  readonly pipelineRole: KubernetesObject;
  remove(): Promise<void>;
}

/** @param scope of the chart: the rights are for all namespaces, or for `namespace` alone */
export async function installRights(
  cluster: TestCluster,
  namespace: string,
  scope: 'Cluster' | 'Namespace',
): Promise<InstalledRights> {
  const helm = new Helm({ version: 'helm4', folder: join(cluster.access.folder, namespace) });
  const values = ['image.repository=penstock', 'crds.enabled=false', `operator.scope=${scope}`];
  const settings = values.flatMap((value) => ['--set', value]);
  const text = await helm.run('template', 'suite', CHART, '--namespace', namespace, ...settings);
  const made = (loadAll(text) as (KubernetesObject | null)[]).filter((object) => object !== null);
  const objects = made.filter(({ kind }) => RIGHTS.includes(kind));
  for (const object of objects) await cluster.admin.apply(object);
  const pipelineRole = objects.find(({ kind, rules }) => {
    return kind.endsWith('Role') && JSON.stringify(rules).includes('statefulsets');
  });
  const account = objects.find(({ kind }) => kind === 'ServiceAccount');
  if (pipelineRole === undefined || account === undefined) throw new Error('no rights');
  return {
    serviceAccount: String(valueAt(account, 'metadata.name')),
    pipelineRole,
    environment: nodeOptions(made),
    remove: async () => {
      for (const object of objects) await cluster.admin.delete(referenceTo(object));
    },
  };
}

function nodeOptions(objects: readonly KubernetesObject[]): Readonly<Record<string, string>> {
  const operator = objects.find(({ kind }) => kind === 'Deployment') ?? null;
  const variable = 'spec.template.spec.containers.operator.env.NODE_OPTIONS.value';
  return { NODE_OPTIONS: String(valueAt(operator, variable)) };
}

export interface OperatorOptions {
  /** Namespace of the operator itself. */
  readonly home: string;
  readonly serviceAccount: string;
  /** Namespace whose pipelines it looks after; null for all. */
  readonly watched: string | null;
  readonly environment?: Readonly<Record<string, string>>;
  /** Folder of the built program. */
  readonly program?: string;
}

/** The built program as of another version, in a folder. */
export async function programOfVersion(version: string, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const text = await readFile(join(PROGRAM, 'package.json'), 'utf8');
  const description = { ...(JSON.parse(text) as object), version };
  await writeFile(join(folder, 'package.json'), JSON.stringify(description));
  await cp(join(PROGRAM, 'dist'), join(folder, 'dist'), { recursive: true });
  await symlink(join(PROGRAM, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** An operator that serves: it has found the API server and the kind LogPipeline. */
export async function startOperator(
  cluster: TestCluster,
  options: OperatorOptions,
): Promise<RunningProcess> {
  const operator = await spawnOperator(cluster, options);
  await operator.ready();
  return operator;
}

/** The built operator, with the files that Kubernetes mounts into its pod: token and certificate of its ServiceAccount. */
export async function spawnOperator(
  cluster: TestCluster,
  { home, serviceAccount, watched, environment, program = PROGRAM }: OperatorOptions,
): Promise<RunningProcess> {
  const folder = join(cluster.access.folder, home, 'service-account');
  await mkdir(folder, { recursive: true });
  const token = await cluster.tokenOf(home, serviceAccount);
  await writeFile(join(folder, 'token'), token, { mode: 0o600 });
  await writeFile(join(folder, 'ca.crt'), cluster.access.authority);
  const server = new URL(cluster.access.url);
  return RunningProcess.spawn({
    main: join(program, 'dist/apps/operator/main.js'),
    environment: {
      KUBERNETES_SERVICE_HOST: server.hostname,
      KUBERNETES_SERVICE_PORT: server.port,
      SERVICE_ACCOUNT_FOLDER: folder,
      POD_NAMESPACE: home,
      PENSTOCK_IMAGE: 'penstock:test',
      OPERATIONS_PORT: '0',
      ...(watched !== null && { WATCH_NAMESPACE: watched }),
      ...environment,
    },
  });
}
