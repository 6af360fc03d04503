import { join } from 'node:path';
import { RunningProcess } from '../../support/running-process.ts';
import { CHART, Helm } from './helm.ts';
import type { TestCluster } from './test-cluster.ts';

const MAIN = join(import.meta.dirname, '../../../dist/apps/operator/main.js');
const ACCOUNT = 'penstock-operator';

/** The rights that the chart gives, without a pod: the operator of a suite is a process. */
export async function installRights(cluster: TestCluster, namespace: string): Promise<void> {
  const { folder, kubeconfig } = cluster.access;
  const helm = new Helm({ version: 'helm4', folder: join(folder, namespace), kubeconfig });
  const values = ['image.repository=penstock', 'crds.enabled=false', 'operator.replicas=0'];
  const settings = values.flatMap((value) => ['--set', value]);
  await helm.run('install', 'penstock', CHART, '--namespace', namespace, ...settings);
}

/** Takes from the cluster what `installRights` put outside the namespace. */
export async function removeRights(cluster: TestCluster, namespace: string): Promise<void> {
  const { folder, kubeconfig } = cluster.access;
  const helm = new Helm({ version: 'helm4', folder: join(folder, namespace), kubeconfig });
  await helm.run('uninstall', 'penstock', '--namespace', namespace);
}

/** The built operator with the token of the chart's ServiceAccount, for the pipelines of one namespace. */
export async function startOperator(
  cluster: TestCluster,
  options: { readonly home: string; readonly pipelines: string },
): Promise<RunningProcess> {
  const operator = RunningProcess.spawn({
    main: MAIN,
    environment: {
      KUBECONFIG: await cluster.kubeconfigOf(options.home, ACCOUNT),
      WATCH_NAMESPACE: options.pipelines,
      POD_NAMESPACE: options.home,
      PENSTOCK_IMAGE: 'penstock:test',
      OPERATIONS_PORT: '0',
    },
  });
  await operator.ready();
  return operator;
}
