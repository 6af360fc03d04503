import { setTimeout as delay } from 'node:timers/promises';
import type { Telemetry } from '#telemetry';
import { ChildApplier } from './reconcile/apply-children.ts';
import { ClusterView } from './reconcile/cluster-view.ts';
import { EventRecorder } from './reconcile/event-recorder.ts';
import { isReady } from './reconcile/conditions.ts';
import { countsOf } from './reconcile/observe-workloads.ts';
import { dialTcp } from './reconcile/reachability.ts';
import { reconcilePipeline, type ReconcilerParts } from './reconcile/reconcile-pipeline.ts';
import { SharedNames } from './reconcile/shared-names.ts';
import { WriterScaler } from './reconcile/writer-scaler.ts';
import { discoverGroups } from './runtime/discovery.ts';
import type { KubeApi } from './runtime/kube-api.ts';
import { watchFault } from './runtime/list-watch.ts';
import { rememberSecrets } from './runtime/remember-secrets.ts';
import { WorkQueue, type WorkOutcome } from './runtime/work-queue.ts';
import { childName } from './specs/labels.ts';
import { splitKey } from './runtime/kube-object.ts';
import {
  eventLost,
  pipelineReadyGauge,
  pipelinesGauge,
  queueLengthGauge,
  reconciled,
  reconcileFailed,
  watchFailed,
} from './telemetry.ts';

export interface OperatorParts {
  readonly api: KubeApi;
  readonly telemetry: Telemetry;
  /** Null: all namespaces. */
  readonly namespace: string | null;
  readonly defaultImage: string | null;
  readonly identity: string;
}

/** Pipelines that are reconciled at the same time. */
const WORKERS = 6;
/** Children that were just made tell their status several times in their first second. */
const REST_MS = 1_000;
const DISCOVERY_MS = 60_000;

/** Looks after all pipelines from its start to its close. Only the leader starts one. */
export class Operator {
  private readonly parts: OperatorParts;
  private readonly ending = new AbortController();
  private readonly queue: WorkQueue;
  private readonly view: ClusterView;
  private readonly scaler: WriterScaler;
  private readonly reconciler: ReconcilerParts;
  private apiGroups: ReadonlySet<string> = new Set();

  constructor(parts: OperatorParts) {
    this.parts = parts;
    const { api, telemetry, namespace, identity, defaultImage } = parts;
    this.queue = new WorkQueue((key) => this.work(key), {
      workers: WORKERS,
      restMs: REST_MS,
    });
    this.view = new ClusterView({
      api,
      namespace,
      signal: this.ending.signal,
      onChange: (key) => {
        this.queue.add(key);
      },
      onFailure: (kind, error) => {
        telemetry.emit(watchFailed, { resource: kind.plural, reason: watchFault(kind, error) });
      },
    });
    this.scaler = new WriterScaler({
      telemetry,
      countsOf: (key) => {
        const writers = this.view.child(key, 'Deployment', childName(splitKey(key), 'writer'));
        return writers === undefined ? null : countsOf(writers);
      },
      onChange: (key) => {
        this.queue.add(key);
      },
    });
    this.reconciler = {
      api: rememberSecrets(api),
      view: this.view,
      applier: new ChildApplier(api, this.view),
      events: new EventRecorder(api, identity, (error) => {
        telemetry.emit(eventLost, { reason: String(error) });
      }),
      scaler: this.scaler,
      names: new SharedNames(this.view),
      apiGroups: () => this.apiGroups,
      dial: dialTcp,
      defaultImage,
      now: () => new Date(),
    };
    telemetry.observe(pipelinesGauge, () => this.view.pipelineKeys().length);
    telemetry.observe(queueLengthGauge, () => this.queue.length);
    telemetry.observe(pipelineReadyGauge, () =>
      this.view.pipelineKeys().map((pipeline) => ({
        labels: { pipeline },
        value: Number(isReady(this.view.pipeline(pipeline))),
      })),
    );
  }

  /** Resolves when all that there is is known, and the pipelines are being worked on. */
  async start(): Promise<void> {
    this.queue.pause();
    await this.discover();
    await this.view.start();
    this.scaler.start();
    this.queue.resume();
    void this.keepDiscovering();
  }

  async close(): Promise<void> {
    this.ending.abort();
    this.scaler.close();
    await this.queue.close();
  }

  private async work(key: string): Promise<WorkOutcome> {
    const begun = performance.now();
    const { telemetry } = this.parts;
    let outcome: WorkOutcome = { kind: 'failed' };
    try {
      outcome = await reconcilePipeline(key, this.reconciler);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      telemetry.emit(reconcileFailed, { pipeline: key, reason });
    }
    const seconds = (performance.now() - begun) / 1_000;
    telemetry.emit(reconciled, { seconds, outcome: outcome.kind });
    if (this.view.pipeline(key) === undefined) this.queue.forget(key);
    return outcome;
  }

  private async discover(): Promise<void> {
    const found = await discoverGroups(this.parts.api);
    const isNew = [...found].some((group) => !this.apiGroups.has(group));
    if (isNew) await Promise.race([this.view.watchOptional(found), delay(DISCOVERY_MS / 6)]);
    const isChanged = isNew || found.size !== this.apiGroups.size;
    this.apiGroups = found;
    if (isChanged) for (const key of this.view.pipelineKeys()) this.queue.add(key);
  }

  private async keepDiscovering(): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      await delay(DISCOVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
      await this.discover().catch((error: unknown) => {
        this.parts.telemetry.emit(watchFailed, { resource: 'apis', reason: String(error) });
      });
    }
  }
}
