import {
  readLogPipeline,
  type LogPipeline,
  type LogPipelineStatus,
  type PipelineReading,
} from '#pipeline';
import { ApiError } from '../runtime/api-error.ts';
import type { KubeApi } from '../runtime/kube-api.ts';
import type { WorkOutcome } from '../runtime/work-queue.ts';
import { bundledBackends } from '../specs/backends/bundled.ts';
import { childrenOf } from '../specs/children.ts';
import { KEDA_API } from '../specs/keda.ts';
import { childName, selectorLabels } from '../specs/labels.ts';
import { refusedSettings } from '../specs/refused-settings.ts';
import type { ChildApplier } from './apply-children.ts';
import type { ClusterView } from './cluster-view.ts';
import { aspect, conditionsOf, summary, type Aspect } from './conditions.ts';
import { writersByConnections } from './connection-budget.ts';
import { resolveBackends, type ResolvedBackends } from './connections.ts';
import type { EventRecorder } from './event-recorder.ts';
import { makeChildren, type Progress } from './make-children.ts';
import { availability, countsOf } from './observe-workloads.ts';
import { podSecrets } from './pod-secrets.ts';
import { reachability, type Dial } from './reachability.ts';
import { scalingAspects } from './scaling-aspects.ts';
import { isMissing, type Missing } from './secret-values.ts';
import type { SharedNames } from './shared-names.ts';
import type { WriterScaler } from './writer-scaler.ts';
import { writeStatus } from './write-status.ts';

export interface ReconcilerParts {
  readonly api: KubeApi;
  readonly view: ClusterView;
  readonly applier: ChildApplier;
  readonly events: EventRecorder;
  readonly scaler: WriterScaler;
  readonly names: SharedNames;
  readonly apiGroups: () => ReadonlySet<string>;
  readonly dial: Dial;
  /** Image of the pods of pipelines that name none; null: they must. */
  readonly defaultImage: string | null;
  readonly now: () => Date;
}

/** Secrets and other operators' resources are looked at again so often. */
const RESYNC_MS = 45_000;
/** While something is missing that people or other operators will make. */
const MISSING_MS = 10_000;
/** What only a change of the resource or of the API server mends. */
const REFUSED_MS = 120_000;

/**
 * Makes the world of one pipeline what its resource says, from what is observed now, whatever happened before. What is
 * wrong becomes a condition; only what may go away by itself is tried again at once.
 */
export async function reconcilePipeline(key: string, parts: ReconcilerParts): Promise<WorkOutcome> {
  const stored = parts.view.pipeline(key);
  if (stored === undefined) {
    forget(key, parts);
    return { kind: 'done' };
  }
  const reading = readLogPipeline(stored);
  // Children go by their owner references, and there is nothing outside the cluster that had to go.
  if (reading.pipeline.deleting) {
    forget(key, parts);
    return { kind: 'done' };
  }
  try {
    return await reconcileReading(key, reading, parts);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return await tellRefusal(reading, error, parts);
  }
}

function forget(key: string, { scaler, names }: ReconcilerParts): void {
  scaler.forget(key);
  names.forget(key);
}

async function reconcileReading(
  key: string,
  reading: PipelineReading,
  parts: ReconcilerParts,
): Promise<WorkOutcome> {
  if (reading.kind === 'invalid') {
    const problem = aspect('Reconciled', false, 'InvalidSpec', reading.problems.join('; '));
    await tell(reading.pipeline, [problem], {}, parts);
    return { kind: 'done' };
  }
  const { pipeline } = reading;
  const image = pipeline.spec.image ?? parts.defaultImage;
  if (image === null) {
    const message = 'set spec.image: the operator was installed without an image for pipelines';
    await tell(pipeline, [aspect('Reconciled', false, 'MissingImage', message)], {}, parts);
    return { kind: 'done' };
  }
  const backends = await resolveBackends(parts.api, pipeline);
  setScaling(key, pipeline, backends, parts);
  const progress = await progressOf(key, pipeline, image, backends, parts);
  const aspects = [progress.aspect, ...(await observe(key, pipeline, backends, parts))];
  const more = statusOf(key, pipeline, image, progress, parts);
  await tell(pipeline, aspects, more, parts);
  const isWaiting = missingOf(backends) !== undefined || progress.aspect.status !== 'True';
  return { kind: 'again', afterMs: isWaiting ? MISSING_MS : RESYNC_MS };
}

/** The first thing that is missing: without a backend there are no pods, without metrics no scaling. */
function missingOf({ reaches, metrics }: ResolvedBackends): Missing | undefined {
  const { postgres, rabbitmq, meilisearch, archive } = reaches;
  return [postgres, rabbitmq, meilisearch, archive, metrics]
    .filter((each) => each !== null)
    .find((each) => isMissing(each));
}

async function progressOf(
  key: string,
  pipeline: LogPipeline,
  image: string,
  backends: ResolvedBackends,
  parts: ReconcilerParts,
): Promise<Progress> {
  const { connections } = backends;
  const stays = (reason: string, message: string, status = false): Progress => ({
    aspect: aspect('Reconciled', status, reason, message),
    migration: pipeline.status.migration,
  });
  if (pipeline.spec.paused) return stays('Paused', 'spec.paused is true: nothing is changed', true);
  if (connections === null) {
    const { reason = 'WaitingForBackends', message = 'a backend is missing' } =
      missingOf(backends) ?? {};
    return stays(reason, message);
  }
  const inUse = parts.names.claim(key, pipeline, backends.places);
  if (inUse !== null) return stays(inUse.reason, inUse.message);
  const secrets = await podSecrets(parts.api, pipeline);
  if (isMissing(secrets)) return stays(secrets.reason, secrets.message);
  const context = {
    pipeline,
    image,
    connections,
    ...secrets,
    writerReplicas: writerReplicas(key, pipeline, parts),
    apiGroups: parts.apiGroups(),
  };
  const refused = refusedSettings(context);
  if (refused !== null) return stays('InvalidSpec', refused);
  return await makeChildren(key, pipeline, childrenOf(context), parts);
}

/** Null: an autoscaler owns their number. */
function writerReplicas(
  key: string,
  { name, spec }: LogPipeline,
  { view, scaler, apiGroups }: ReconcilerParts,
): number | null {
  const { scaling, replicas } = spec.writer;
  if (scaling.engine === 'None') return replicas;
  if (scaling.engine === 'KEDA' && apiGroups().has(KEDA_API)) return null;
  const decided = scaler.view(key).decision?.replicas;
  const observed = view.child(key, 'Deployment', childName({ name }, 'writer'));
  const current = decided ?? (observed === undefined ? 0 : countsOf(observed).desired);
  return Math.min(scaling.maxReplicas, Math.max(scaling.minReplicas, current));
}

function setScaling(
  key: string,
  { spec }: LogPipeline,
  { metrics, postgresConnections }: ResolvedBackends,
  { scaler }: ReconcilerParts,
): void {
  const { scaling } = spec.writer;
  const source = isMissing(metrics) ? null : metrics;
  scaler.set(key, {
    source,
    decides: scaling.engine === 'Builtin' && !spec.paused && source !== null,
    settings: { ...scaling, connectionLimit: writersByConnections(spec, postgresConnections) },
  });
}

async function observe(
  key: string,
  pipeline: LogPipeline,
  { reaches, metrics }: ResolvedBackends,
  { view, dial, scaler, apiGroups }: ReconcilerParts,
): Promise<readonly Aspect[]> {
  const { spec } = pipeline;
  const workload = (kind: string, part: string) => view.child(key, kind, childName(pipeline, part));
  const reach = (
    type: 'StoreReachable' | 'QueueReachable' | 'IndexReachable',
    backend: 'postgres' | 'rabbitmq' | 'meilisearch',
    name: string,
  ): Promise<Aspect> => {
    const how = reaches[backend];
    return how === null
      ? Promise.resolve(aspect(type, false, 'Disabled', 'spec.meilisearch.enabled is false'))
      : reachability(type, name, how, workload('StatefulSet', backend), dial);
  };
  const ingestKind = spec.ingest.spool === undefined ? 'Deployment' : 'StatefulSet';
  return [
    ...(await Promise.all([
      reach('StoreReachable', 'postgres', 'Postgres'),
      reach('QueueReachable', 'rabbitmq', 'RabbitMQ'),
      reach('IndexReachable', 'meilisearch', 'Meilisearch'),
      ...(reaches.archive === null
        ? []
        : [reachability('ArchiveReachable', 'object storage', reaches.archive, undefined, dial)]),
    ])),
    availability('IngestAvailable', 'ingest', workload(ingestKind, 'ingest')),
    availability('WritersAvailable', 'the writers', workload('Deployment', 'writer')),
    availability('GatewayAvailable', 'the gateway', workload('Deployment', 'gateway')),
    ...scalingAspects({
      scaling: spec.writer.scaling,
      replicas: spec.writer.replicas,
      view: scaler.view(key),
      source: metrics,
      apiGroups: apiGroups(),
    }),
  ];
}

function statusOf(
  key: string,
  pipeline: LogPipeline,
  image: string,
  { migration }: Progress,
  { view, scaler }: ReconcilerParts,
): Partial<LogPipelineStatus> {
  const counts = countsOf(view.child(key, 'Deployment', childName(pipeline, 'writer')));
  const { backlog, lastScaledAt } = scaler.view(key);
  const before = pipeline.status;
  const lastScaleTime =
    lastScaledAt?.toISOString().replace(/\.\d+Z$/, 'Z') ?? before.writer?.lastScaleTime;
  return {
    writer: {
      replicas: counts.replicas,
      readyReplicas: counts.ready,
      desiredReplicas: counts.desired,
      selector: new URLSearchParams(selectorLabels(pipeline, 'writer'))
        .toString()
        .replaceAll('&', ',')
        .replaceAll('%2F', '/'),
      ...(lastScaleTime !== undefined && { lastScaleTime }),
    },
    image,
    ...(backlog !== null && { backlog }),
    ...(migration !== undefined && { migration }),
  };
}

/** Writes the status, and an event when the sum of it changed. */
async function tell(
  pipeline: Omit<LogPipeline, 'spec'> & { readonly spec?: LogPipeline['spec'] },
  aspects: readonly Aspect[],
  more: Partial<LogPipelineStatus>,
  { api, events, now }: ReconcilerParts,
): Promise<void> {
  const isEvaluation =
    pipeline.spec !== undefined && bundledBackends(pipeline as LogPipeline).length > 0;
  const ready = summary(aspects, isEvaluation);
  const before = pipeline.status.conditions ?? [];
  const status: LogPipelineStatus = {
    ...more,
    observedGeneration: pipeline.generation,
    conditions: conditionsOf([ready, ...aspects], before, pipeline.generation, now()),
  };
  await writeStatus(api, pipeline, status);
  const known = before.find(({ type }) => type === 'Ready');
  if (known?.status === ready.status && known.reason === ready.reason) return;
  events.record(pipeline, {
    type: ready.status === 'True' ? 'Normal' : 'Warning',
    reason: ready.status === 'True' ? 'Ready' : ready.reason,
    note: ready.message,
    action: 'Reconcile',
  });
}

/** An answer of the API server that stops the reconciliation becomes a condition, as far as that may be written. */
async function tellRefusal(
  { pipeline }: PipelineReading,
  error: ApiError,
  parts: ReconcilerParts,
): Promise<WorkOutcome> {
  if (!error.isForbidden && !error.isPermanent) throw error;
  const reason = error.isForbidden ? 'MissingPermission' : 'Refused';
  const problem = aspect('Reconciled', false, reason, error.message);
  const others = (pipeline.status.conditions ?? [])
    .filter(({ type }) => type !== 'Ready' && type !== 'Reconciled')
    .map((condition) => condition as unknown as Aspect);
  await tell(pipeline, [problem, ...others], pipeline.status, parts);
  return { kind: 'again', afterMs: error.isForbidden ? MISSING_MS : REFUSED_MS };
}
