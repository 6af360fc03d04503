import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Telemetry } from '#telemetry';
import { heartbeatsFailing, heartbeatsResumed } from './events.ts';
import type { ProcessFigures, ProcessMeasures, Rate } from './figures.ts';
import { writeHeartbeat, type Phase, type ProcessKind } from './heartbeat-table.ts';
import { RateWindow } from './rate-window.ts';

/** Who beats. */
export interface ProcessIdentity {
  readonly kind: ProcessKind;
  readonly version: string;
  /** Default: the name of the machine. */
  readonly host?: string;
}

export interface HeartbeatParts {
  /** `healthPool` of the store. */
  readonly pool: Pool;
  readonly process: ProcessIdentity;
  /** Asked at every beat; a failure leaves the figures out, not the beat. */
  readonly figures: () => Promise<ProcessMeasures> | ProcessMeasures;
  readonly telemetry: Telemetry;
  readonly intervalMs?: number;
  readonly id?: string;
  /** Gives ms that never go back. */
  readonly clock?: () => number;
}

/** Time between two beats, in ms. */
export const HEARTBEAT_MS = 2_000;
/** Longest wait for the figures of a beat. */
const FIGURES_MS = 1_000;

type Totals = NonNullable<ProcessMeasures['totals']>;

/** Tells the other processes every two seconds that this one lives, and how it fares. */
export class Heartbeat {
  readonly id: string;
  private readonly parts: HeartbeatParts;
  private readonly clock: () => number;
  private readonly startedAt: number;
  private readonly stopping = new AbortController();
  private readonly windows = new Map<keyof Totals, RateWindow>();
  private phase: Phase = 'alive';
  private failingSince: number | null = null;
  private nextBeat = new AbortController();
  private readonly loop: Promise<void>;

  constructor(parts: HeartbeatParts) {
    this.parts = parts;
    this.id = parts.id ?? randomUUID();
    this.clock = parts.clock ?? ((): number => performance.now());
    this.startedAt = this.clock();
    this.loop = this.run();
  }

  /** Says at once that the process is about to stop; the beats go on. */
  announceStop(): void {
    if (this.phase !== 'alive') return;
    this.phase = 'stopping';
    this.nextBeat.abort();
  }

  /** Ends the beats with a last one that says so. Takes at most some seconds; safe to repeat. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.nextBeat.abort();
    await this.loop;
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.nextBeat = new AbortController();
      await this.beat();
      await this.pause();
    }
    this.phase = 'stopped';
    await this.beat();
  }

  private async pause(): Promise<void> {
    if (this.stopping.signal.aborted) return;
    const { signal } = this.nextBeat;
    // The only rejection is the abort that asks for a beat now.
    await delay(this.parts.intervalMs ?? HEARTBEAT_MS, undefined, { signal, ref: false }).catch(
      () => undefined,
    );
  }

  private async beat(): Promise<void> {
    const { kind, version, host = hostname() } = this.parts.process;
    const { id, phase } = this;
    try {
      const figures = await this.figures();
      const uptimeSeconds = (this.clock() - this.startedAt) / 1_000;
      await writeHeartbeat(
        this.parts.pool,
        { id, kind, version, host, phase, figures },
        uptimeSeconds,
      );
      this.succeeded();
    } catch (error) {
      this.failed(error instanceof Error ? error.message : String(error));
    }
  }

  private async figures(): Promise<ProcessFigures> {
    const { totals = {}, ...others } = await this.measures();
    const figures: Record<string, Rate> = {};
    for (const [name, total] of Object.entries(totals) as [keyof Totals, number][]) {
      const window = this.windows.get(name) ?? new RateWindow();
      this.windows.set(name, window);
      figures[name] = window.add(this.clock(), total);
    }
    return { ...figures, ...others };
  }

  /** What hangs or fails here (a queue that is away) must not make the process look dead. */
  private async measures(): Promise<ProcessMeasures> {
    const late = Promise.withResolvers<ProcessMeasures>();
    const timer = setTimeout(() => {
      late.resolve({});
    }, FIGURES_MS);
    try {
      return await Promise.race([this.parts.figures(), late.promise]);
    } catch {
      // Whoever cannot be asked reports that itself.
      return {};
    } finally {
      clearTimeout(timer);
    }
  }

  private failed(reason: string): void {
    if (this.failingSince !== null) return;
    this.failingSince = this.clock();
    this.parts.telemetry.emit(heartbeatsFailing, { reason });
  }

  private succeeded(): void {
    if (this.failingSince === null) return;
    const seconds = (this.clock() - this.failingSince) / 1_000;
    this.failingSince = null;
    this.parts.telemetry.emit(heartbeatsResumed, { seconds });
  }
}

/** Begins to beat; the first beat is on its way when this returns. */
export function startHeartbeat(parts: HeartbeatParts): Heartbeat {
  return new Heartbeat(parts);
}
