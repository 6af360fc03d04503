import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { NestFactory } from '@nestjs/core';
import {
  nestOptions,
  openWhenReachable,
  serveOperations,
  StartupError,
  type ProcessContext,
} from '#process/bare';
import { OperatorModule } from './operator.module.ts';
import { ApiError } from './runtime/api-error.ts';
import type { ApiServer } from './runtime/api-server.ts';
import { checkKind, discoverGroups } from './runtime/discovery.ts';
import { inClusterServer } from './runtime/in-cluster.ts';
import { openKubeApi, type KubeApi } from './runtime/kube-api.ts';
import { PIPELINES } from './runtime/kinds.ts';
import { kubeconfigServer } from './runtime/kubeconfig.ts';
import { LeaderElection } from './runtime/leader-election.ts';
import { apiRequested, leaderGauge, leaseFailed, leading } from './telemetry.ts';

const CLOSE_MS = 10_000;
const LEASE_CLOSE_MS = 3_000;
const HEALTH_MS = 10_000;

/** The operator as a process. Several may run: one leads, the others wait to take over. */
export async function startOperator(context: ProcessContext<'operator'>): Promise<string> {
  const { settings, telemetry, health, steps, stopping } = context;
  const server = health.add('the Kubernetes API', { required: true });
  const pipelines = health.add('LogPipelines', { required: true });
  const operations = await serveOperations(
    { telemetry, health },
    { port: settings.operationsPort, host: settings.httpHost, portSetting: 'OPERATIONS_PORT' },
  );
  steps.add('the operations server', 1_000, () => operations.close());
  const api = openKubeApi(await findServer(settings), ({ method, path }) => {
    telemetry.emit(apiRequested, { method, resource: resourceOf(path) });
  });
  steps.add('the connections to the Kubernetes API', 1_000, () => {
    api.close();
  });
  const waiting = { timeoutMs: settings.startupTimeout, signal: stopping };
  await openWhenReachable(() => discoverGroups(api), {
    ...waiting,
    dependency: server,
    isTransient: (error) => error instanceof ApiError && !error.isForbidden,
  });
  // Asked once, by those that wait to lead too: a rollout with a definition or a right missing stops at its first pod.
  // Either may come after the operator, and what is lost later is told by the watch and by conditions.
  await openWhenReachable(() => checkKind(api, PIPELINES, settings.watchNamespace), {
    ...waiting,
    dependency: pipelines,
    isTransient: (error) => error instanceof ApiError,
  });
  health.watch(
    server,
    async () => {
      await api.request({ method: 'GET', path: '/version' });
    },
    { intervalMs: HEALTH_MS, timeoutMs: HEALTH_MS / 2 },
  );
  const identity = `${settings.podName ?? hostname()}_${randomUUID().slice(0, 8)}`;
  // A process that waits to lead is ready: it is there for the case that the leader is not. What fails in there is an
  // unhandled rejection, which ends the process as any crash does.
  void lead(context, api, identity);
  return operations.url;
}

async function lead(
  context: ProcessContext<'operator'>,
  api: KubeApi,
  identity: string,
): Promise<void> {
  const { settings, telemetry, steps, stopping } = context;
  const election = settings.leaderElection
    ? new LeaderElection({
        api,
        namespace: settings.podNamespace,
        name: settings.leaseName,
        identity,
        signal: stopping,
        onFailure: (error) => {
          telemetry.emit(leaseFailed, { reason: String(error) });
        },
      })
    : null;
  telemetry.observe(leaderGauge, () => Number(election?.isLeader ?? true));
  if (election !== null) {
    if (!(await election.acquire())) return;
    // Added first, closed last: nobody else may lead while this one still works.
    steps.add('the lease', LEASE_CLOSE_MS, () => election.release());
  }
  telemetry.emit(leading, { identity });
  const app = await NestFactory.createApplicationContext(
    OperatorModule.register({
      api,
      telemetry,
      identity,
      namespace: settings.watchNamespace,
      defaultImage: settings.penstockImage,
    }),
    nestOptions(telemetry, {}),
  );
  steps.add('the operator', CLOSE_MS, () => app.close());
  if (election !== null && (await election.keep()) === 'lost')
    throw new Error('the leadership is lost: another operator may lead now');
}

/** What KUBECONFIG names, else the cluster that this is a pod of, else what ~/.kube/config names. */
async function findServer(settings: ProcessContext<'operator'>['settings']): Promise<ApiServer> {
  const { kubeconfig, kubernetesHost: host, kubernetesPort: port, serviceAccountFolder } = settings;
  if (kubeconfig === null && host !== null)
    return inClusterServer({ host, port, folder: serviceAccountFolder });
  const server = await kubeconfigServer();
  if (server === null)
    throw new StartupError(
      'There is no Kubernetes API: run the operator in a cluster, or name a kubeconfig with KUBECONFIG.',
    );
  return server;
}

/** The kind of object that a path is about: few, so that they can be a label. */
function resourceOf(path: string): string {
  const [address = ''] = path.split('?');
  const parts = address.split('/').filter((part) => part !== '');
  const group = parts[0] === 'api' ? parts.slice(2) : parts.slice(3);
  const at = group[0] === 'namespaces' && group.length > 2 ? 2 : 0;
  return group[at] ?? 'discovery';
}
