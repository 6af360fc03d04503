import type { Load } from './load.ts';

/** Writers were added; whether that raises the rate is to be seen. */
export interface Trial {
  readonly fromReplicas: number;
  readonly fromRate: number;
  readonly toReplicas: number;
  readonly startedAt: number;
  /** Since when all of them are ready; null while some are not. */
  readonly readyAt: number | null;
}

export type TrialOutcome = 'open' | 'raised' | 'saturated';

/** Pods that start take a while to get their share of the queue. */
const SETTLE_MS = 15_000;
/** Pods that are not ready by then are not waited for. */
export const START_GRACE_MS = 120_000;
/** Of the rate that the added writers would bring at full pace, so much must come. */
const LEAST_GAIN = 0.2;

/** Goes on with a trial. A backlog that is gone ends it: the writers were enough. */
export function observeTrial(
  trial: Trial,
  load: Load,
  now: number,
  hasBacklog: boolean,
): { readonly trial: Trial; readonly outcome: TrialOutcome } {
  if (!hasBacklog) return { trial, outcome: 'raised' };
  const isReady = load.readyWriters >= trial.toReplicas;
  const readyAt = isReady ? (trial.readyAt ?? now) : null;
  const observed = { ...trial, readyAt };
  if (now - trial.startedAt > START_GRACE_MS && readyAt === null)
    return { trial: observed, outcome: 'raised' };
  if (readyAt === null || now - readyAt < SETTLE_MS) return { trial: observed, outcome: 'open' };
  const share = (trial.toReplicas - trial.fromReplicas) / Math.max(1, trial.fromReplicas);
  const isRaised = load.ackRate >= trial.fromRate * (1 + share * LEAST_GAIN);
  return { trial: observed, outcome: isRaised ? 'raised' : 'saturated' };
}
