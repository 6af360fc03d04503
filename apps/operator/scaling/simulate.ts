import { decideReplicas, INITIAL_SIZING, type SizingDecision } from './decide-replicas.ts';
import type { SizingReason, SizingSettings } from './load.ts';

/** Events per second that clients send at a second of the simulation. */
export type OfferedLoad = (second: number) => number;

export interface World {
  readonly load: OfferedLoad;
  readonly seconds: number;
  readonly settings: SizingSettings;
  /** Events per second that a writer really stores. */
  readonly pace: number;
  /** Events per second that Postgres takes at most, whatever the number of writers. */
  readonly downstream: number;
  /** Seconds from the decision to a writer that is ready. */
  readonly startSeconds: number;
  /** Whether the metrics can be read at a second. */
  readonly hasMetrics: (second: number) => boolean;
  readonly initialReplicas: number;
}

export interface Step {
  readonly second: number;
  readonly offered: number;
  readonly backlog: number;
  readonly replicas: number;
  readonly ready: number;
  readonly reason: SizingReason;
}

/** Seconds between two looks at the metrics, as of the operator. */
export const TICK_SECONDS = 5;

/**
 * A queue with writers, second by second: what is offered goes in, ready writers take out what they and Postgres can,
 * and every tick the sizing decides. Nothing is random.
 */
export function simulate(world: World): readonly Step[] {
  const steps: Step[] = [];
  let state = INITIAL_SIZING;
  let replicas = world.initialReplicas;
  let reason: SizingReason = 'Steady';
  let backlog = 0;
  /** When each writer is ready; fewer writers end the newest first. */
  let readyAt: readonly number[] = Array.from({ length: replicas }, () => 0);
  let published = 0;
  let acknowledged = 0;
  for (let second = 0; second < world.seconds; second++) {
    const ready = readyAt.filter((at) => at <= second).length;
    const offered = world.load(second);
    const stored = Math.min(backlog + offered, ready * world.pace, world.downstream);
    backlog += offered - stored;
    published += offered;
    acknowledged += stored;
    if (second % TICK_SECONDS === TICK_SECONDS - 1) {
      const load = world.hasMetrics(second)
        ? {
            publishRate: published / TICK_SECONDS,
            ackRate: acknowledged / TICK_SECONDS,
            backlog,
            readyWriters: ready,
          }
        : null;
      published = 0;
      acknowledged = 0;
      const decision: SizingDecision = decideReplicas(
        state,
        { now: second * 1_000, current: replicas, load },
        world.settings,
      );
      state = decision.state;
      reason = decision.reason;
      readyAt = resize(readyAt, decision.replicas, second + world.startSeconds);
      replicas = decision.replicas;
    }
    steps.push({ second, offered, backlog, replicas, ready, reason });
  }
  return steps;
}

function resize(
  readyAt: readonly number[],
  replicas: number,
  newReadyAt: number,
): readonly number[] {
  const added = Math.max(0, replicas - readyAt.length);
  return [...readyAt.slice(0, replicas), ...Array.from({ length: added }, () => newReadyAt)];
}
