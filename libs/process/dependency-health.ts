import { setTimeout as delay } from 'node:timers/promises';
import type { Telemetry } from '#telemetry';
import { dependencyBack, dependencyLost, dependencyUp, processReady } from './telemetry.ts';

/** A dependency as `/health/ready` shows it. */
export interface DependencyStatus {
  readonly name: string;
  /** The process is not ready without it. */
  readonly required: boolean;
  readonly ok: boolean;
  /** Since when it is so, RFC 3339. */
  readonly since: string;
  /** Why it is not ok, else null. */
  readonly reason: string | null;
}

export interface Readiness {
  readonly ready: boolean;
  /** Why the process is not ready whatever its dependencies are: it starts or it stops. */
  readonly reason: string | null;
  readonly dependencies: readonly DependencyStatus[];
}

export interface DependencyOptions {
  readonly required: boolean;
}

/** One dependency; who uses it says how it is, by `up` and `down`, or gives a probe to `DependencyHealth.watch`. */
export interface Dependency {
  readonly name: string;
  up(): void;
  down(reason: string): void;
}

/** Resolves when the dependency answers; rejects with the reason when it cannot be used. */
export type Probe = () => Promise<void>;

export interface WatchOptions {
  /** Between two questions, in ms. */
  readonly intervalMs: number;
  /** An answer that takes longer counts as none, in ms. */
  readonly timeoutMs: number;
}

export const WATCH_DEFAULTS: WatchOptions = { intervalMs: 1_000, timeoutMs: 2_000 };

const PHASE_REASONS = {
  starting: 'the process is starting',
  running: null,
  stopping: 'the process is stopping',
} as const;

/**
 * What a process depends on and how that is: the content of `/health/ready`.
 *
 * Required is what the process cannot do its part without, for whoever sends it requests:
 *
 * - ingest requires the queue: without it every request is answered 503, and Kubernetes should send them to another
 *   pod. Postgres is optional: it only finds a conflict of keys sooner.
 * - gateway requires Postgres. Meilisearch, RabbitMQ (for the replay of quarantine) and the storage of columnar files
 *   are optional: what is newer than the files is found without.
 * - writer requires the queue, since without it there is nothing to write. Postgres is optional: while it is away the
 *   batches stay in the queue, and a pod that is replaced or kept from being replaced does not bring it back.
 * - keeper requires Postgres; Meilisearch and the storage of columnar files are optional.
 * - operator requires the Kubernetes API, and at its start that LogPipelines can be listed.
 *
 * Nothing here ends a process: `/health/live` says only that it runs, since a restart brings back no dependency. While
 * a process starts it is not ready until each required dependency was reached once, so that a rollout with wrong
 * credentials or addresses stops at its first pod.
 */
export class DependencyHealth {
  private readonly telemetry: Telemetry;
  private readonly clock: () => Date;
  private readonly dependencies: ObservedDependency[] = [];
  private readonly ending = new AbortController();
  private phase: keyof typeof PHASE_REASONS = 'starting';

  constructor(telemetry: Telemetry, clock: () => Date = () => new Date()) {
    this.telemetry = telemetry;
    this.clock = clock;
    telemetry.observe(processReady, () => Number(this.readiness().ready));
    telemetry.observe(dependencyUp, () =>
      this.readiness().dependencies.map(({ name, required, ok }) => ({
        labels: { dependency: name, required: String(required) },
        value: Number(ok),
      })),
    );
  }

  /** It counts as away until it is said to be up. */
  add(name: string, { required }: DependencyOptions): Dependency {
    const dependency = new ObservedDependency(name, required, this.telemetry, this.clock);
    this.dependencies.push(dependency);
    return dependency;
  }

  /** Asks again and again, one question at a time: a server that hangs must not get a connection more each time. */
  watch(dependency: Dependency, probe: Probe, options: Partial<WatchOptions> = {}): void {
    void this.askRepeatedly(dependency, probe, { ...WATCH_DEFAULTS, ...options });
  }

  started(): void {
    if (this.phase === 'starting') this.phase = 'running';
  }

  stopping(): void {
    this.phase = 'stopping';
  }

  readiness(): Readiness {
    const dependencies = this.dependencies.map(({ status }) => status);
    const reason = PHASE_REASONS[this.phase];
    const isUsable = dependencies.every(({ required, ok }) => ok || !required);
    return { ready: reason === null && isUsable, reason, dependencies };
  }

  /** Ends the questions. */
  close(): void {
    this.ending.abort();
  }

  private async askRepeatedly(
    dependency: Dependency,
    probe: Probe,
    { intervalMs, timeoutMs }: WatchOptions,
  ): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      await ask(dependency, probe, timeoutMs);
      // The only rejection is the abort that ends the pause early.
      await delay(intervalMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}

async function ask(dependency: Dependency, probe: Probe, timeoutMs: number): Promise<void> {
  const late = setTimeout(() => {
    dependency.down(`${dependency.name} does not answer within ${timeoutMs / 1_000} s`);
  }, timeoutMs).unref();
  try {
    await probe();
    dependency.up();
  } catch (error) {
    dependency.down(error instanceof Error ? error.message : String(error));
  } finally {
    clearTimeout(late);
  }
}

class ObservedDependency implements Dependency {
  readonly name: string;
  private readonly required: boolean;
  private readonly telemetry: Telemetry;
  private readonly clock: () => Date;
  private since: Date;
  private reason: string | null = 'not reached yet';
  private isLossReported = false;

  constructor(name: string, required: boolean, telemetry: Telemetry, clock: () => Date) {
    this.name = name;
    this.required = required;
    this.telemetry = telemetry;
    this.clock = clock;
    this.since = clock();
  }

  get status(): DependencyStatus {
    const { name, required, reason } = this;
    return { name, required, ok: reason === null, since: this.since.toISOString(), reason };
  }

  up(): void {
    if (this.reason === null) return;
    const now = this.clock();
    const seconds = (now.getTime() - this.since.getTime()) / 1_000;
    this.reason = null;
    this.since = now;
    // The first time there is nothing to tell, unless it took several attempts.
    if (this.isLossReported) {
      this.isLossReported = false;
      this.telemetry.emit(dependencyBack, { dependency: this.name, seconds });
    }
  }

  /** A further reason replaces the first, but not the time of the loss. */
  down(reason: string): void {
    if (this.reason === null) this.since = this.clock();
    this.reason = reason;
    // One outage has many reasons, which come and go with each attempt.
    if (this.isLossReported) return;
    this.isLossReported = true;
    this.telemetry.emit(dependencyLost, { dependency: this.name, reason });
  }
}
