import type { Telemetry } from '#telemetry';
import { LoadMeter } from '../metrics/load-meter.ts';
import { readMetrics, type MetricsSource, type ReadMetrics } from '../metrics/metrics-source.ts';
import {
  decideReplicas,
  INITIAL_SIZING,
  type SizingDecision,
  type SizingState,
} from '../scaling/decide-replicas.ts';
import type { Load, SizingSettings } from '../scaling/load.ts';
import { writersScaled } from '../telemetry.ts';

/** What a pipeline wants of its scaling, told at each reconciliation. */
export interface ScalingTarget {
  readonly settings: SizingSettings;
  readonly source: MetricsSource | null;
  /** Whether the operator decides: the engine is Builtin. */
  readonly decides: boolean;
}

/** Writers as they are, from the caches. */
export interface WriterCounts {
  readonly desired: number;
  readonly ready: number;
}

export interface ScalerOptions {
  readonly telemetry: Telemetry;
  /** Null: there is nothing to scale yet. */
  readonly countsOf: (key: string) => WriterCounts | null;
  /** What the status or the pods depend on changed. */
  readonly onChange: (key: string) => void;
  readonly read?: ReadMetrics;
  readonly now?: () => number;
  readonly tickMs?: number;
}

/** What is known of one pipeline. */
interface Scaled {
  target: ScalingTarget;
  readonly meter: LoadMeter;
  state: SizingState;
  decision: SizingDecision | null;
  /** Why the metrics cannot be read; null when they can. */
  failure: string | null;
  lastReadAt: number;
  lastScaledAt: Date | null;
  backlog: { readonly value: number; readonly at: number } | null;
  busy: boolean;
}

export interface ScalingView {
  readonly decision: SizingDecision | null;
  readonly failure: string | null;
  readonly backlog: number | null;
  readonly lastScaledAt: Date | null;
}

const TICK_MS = 5_000;
/** Metrics that are older count as none. */
const STALE_MS = 30_000;
/** The status follows the backlog so often at most: it is for people, the metrics are for machines. */
const BACKLOG_MS = 15_000;

/** Looks at the queues of all pipelines every few seconds and decides on their writers. Writes nothing itself. */
export class WriterScaler {
  private readonly options: Required<ScalerOptions>;
  private readonly scaled = new Map<string, Scaled>();
  private timer: NodeJS.Timeout | null = null;

  constructor(options: ScalerOptions) {
    this.options = {
      read: readMetrics,
      now: () => performance.now(),
      tickMs: TICK_MS,
      ...options,
    };
  }

  start(): void {
    this.timer = setInterval(() => {
      for (const [key, scaled] of this.scaled) if (!scaled.busy) void this.look(key, scaled);
    }, this.options.tickMs);
    this.timer.unref();
  }

  close(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.scaled.clear();
  }

  set(key: string, target: ScalingTarget): void {
    const known = this.scaled.get(key);
    if (known !== undefined) {
      known.target = target;
      return;
    }
    this.scaled.set(key, {
      target,
      meter: new LoadMeter(),
      state: INITIAL_SIZING,
      decision: null,
      failure: null,
      lastReadAt: this.options.now(),
      lastScaledAt: null,
      backlog: null,
      busy: false,
    });
  }

  forget(key: string): void {
    this.scaled.delete(key);
  }

  view(key: string): ScalingView {
    const {
      decision = null,
      failure = null,
      backlog = null,
      lastScaledAt = null,
    } = this.scaled.get(key) ?? {};
    return { decision, failure, lastScaledAt, backlog: backlog?.value ?? null };
  }

  private async look(key: string, scaled: Scaled): Promise<void> {
    scaled.busy = true;
    const before = appearance(scaled);
    const counts = this.options.countsOf(key);
    const load = await this.read(scaled, counts?.ready ?? 0);
    if (!scaled.target.decides) scaled.decision = null;
    else if (counts !== null) this.decideIfKnown(key, scaled, counts, load);
    scaled.busy = false;
    if (this.scaled.has(key) && appearance(scaled) !== before) this.options.onChange(key);
  }

  /** A reading that failed once changes nothing; after a while the load counts as unknown. */
  private decideIfKnown(
    key: string,
    scaled: Scaled,
    counts: WriterCounts,
    load: Load | null,
  ): void {
    const isStale = this.options.now() - scaled.lastReadAt > STALE_MS;
    if (load !== null || isStale) this.decide(key, scaled, counts, load);
  }

  private async read(scaled: Scaled, readyWriters: number): Promise<Load | null> {
    const { source } = scaled.target;
    if (source === null) return null;
    const { now, read } = this.options;
    try {
      const reading = await read(source, now);
      scaled.failure = null;
      if (reading === null) return null;
      scaled.lastReadAt = now();
      this.publishBacklog(scaled, reading.ready + reading.unacked);
      return scaled.meter.measure(reading, readyWriters);
    } catch (error) {
      scaled.failure = error instanceof Error ? error.message : String(error);
      return null;
    }
  }

  private decide(key: string, scaled: Scaled, { desired }: WriterCounts, load: Load | null): void {
    const { now, telemetry } = this.options;
    const current = scaled.decision?.replicas ?? desired;
    const decision = decideReplicas(
      scaled.state,
      { now: now(), current, load },
      scaled.target.settings,
    );
    scaled.state = decision.state;
    scaled.decision = decision;
    if (decision.replicas === current) return;
    scaled.lastScaledAt = new Date();
    telemetry.emit(writersScaled, {
      pipeline: key,
      from: current,
      to: decision.replicas,
      reason: decision.reason,
    });
  }

  private publishBacklog(scaled: Scaled, batches: number): void {
    const value = twoDigits(batches);
    const { backlog } = scaled;
    const at = this.options.now();
    const isSoon = backlog !== null && at - backlog.at < BACKLOG_MS;
    if (backlog?.value === value || (isSoon && value !== 0)) return;
    scaled.backlog = { value, at };
  }
}

/** What others see of it: when it changes, pods or status have to. */
function appearance({ decision, failure, backlog }: Scaled): string {
  return [decision?.replicas, decision?.reason, failure === null, backlog?.value].join(' ');
}

/** Two significant digits: 1,234 is 1,200. Fewer than ten batches are on their way rather than waiting. */
export function twoDigits(count: number): number {
  if (count < 10) return 0;
  const unit = 10 ** (Math.floor(Math.log10(count)) - 1);
  return Math.round(count / unit) * unit;
}
