import type { Load, SizingReason, SizingSettings } from './load.ts';
import { addToMaximum, maximumOf, type RecentMaximum } from './recent-maximum.ts';
import { observeTrial, START_GRACE_MS, type Trial } from './saturation.ts';

/** What is remembered from one decision to the next. */
export interface SizingState {
  /** Since when the load is watched without a gap, in ms; fewer writers need a whole window of it. */
  readonly watchedSince: number | null;
  /** Time of the last decision with a known load, in ms. */
  readonly lastAt: number | null;
  /** Events per second of one writer, measured while there was a backlog; null until then. */
  readonly perWriter: number | null;
  /** Smoothed rate of what comes in. */
  readonly publishRate: number | null;
  readonly needed: RecentMaximum;
  readonly trial: Trial | null;
  /** Until when no more writers are added because Postgres is the limit, in ms; null when it is not. */
  readonly saturatedUntil: number | null;
  readonly lastRaiseAt: number | null;
}

export const INITIAL_SIZING: SizingState = {
  watchedSince: null,
  lastAt: null,
  perWriter: null,
  publishRate: null,
  needed: [],
  trial: null,
  saturatedUntil: null,
  lastRaiseAt: null,
};

export interface SizingDecision {
  readonly state: SizingState;
  readonly replicas: number;
  readonly reason: SizingReason;
  /** Writers that the load would need, before bounds and windows; null when it is not known. */
  readonly needed: number | null;
}

interface Moment {
  /** ms that never go back. */
  readonly now: number;
  /** Writers there are to be at present. */
  readonly current: number;
  /** Null when it is not known, or too old. */
  readonly load: Load | null;
}

/** Of a writer's measured pace, so much is planned with. */
const UTILISATION = 0.8;
/** As of the HorizontalPodAutoscaler: a need that is this little above changes nothing. */
const TOLERANCE = 0.1;
/** Smoothing of the incoming rate and of a writer's pace. */
const RATE_TAU_MS = 15_000;
const PACE_TAU_MS = 15_000;
/** A measured pace outside of these multiples of the setting is not believed. */
const PACE_BOUNDS = { least: 0.05, most: 20 };
/** Steps up: as of the HorizontalPodAutoscaler, the double or 4 more in 15 s. */
const STEP_MS = 15_000;
const STEP_PODS = 4;
/** A backlog of less than so many seconds of work is no backlog: batches on their way are always some. */
const BACKLOG_SECONDS = 2;
const SATURATION_MS = 600_000;

/**
 * How many writers there are to be.
 *
 * `needed = publishRate / (pace * utilisation) + (ready + unacked) / (pace * targetDrainSeconds)`: a queue that is held
 * at zero looks idle at any rate, and a backlog says nothing of what comes, so both count. More writers come at once, in
 * bounded steps; fewer when the largest need of the whole stabilization window allows it. The pace is learned only
 * while a backlog keeps the writers busy, and not from added writers before it is seen whether they help.
 */
export function decideReplicas(
  state: SizingState,
  { now, current, load }: Moment,
  settings: SizingSettings,
): SizingDecision {
  const within = bounds(settings);
  if (load === null) {
    const blind = { ...state, watchedSince: null, lastAt: null, trial: null };
    return { state: blind, replicas: within(current), reason: 'MetricsStale', needed: null };
  }
  const seen = observe(state, load, now, settings);
  const pace = seen.perWriter ?? settings.eventsPerSecondPerReplica;
  const needed =
    (seen.publishRate ?? 0) / (pace * UTILISATION) +
    load.backlog / (pace * settings.targetDrainSeconds);
  const windowMs = settings.scaleDownStabilizationSeconds * 1_000;
  const next = { ...seen, needed: addToMaximum(seen.needed, needed, now, windowMs) };
  const bounded = within(current);
  if (bounded !== current) {
    const reason = bounded > current ? 'ScalingUp' : 'ScalingDown';
    return { state: next, replicas: bounded, reason, needed };
  }
  if (needed > current * (1 + TOLERANCE))
    return raise(next, { now, current, load }, needed, settings);
  return lower(next, { now, current }, needed, settings);
}

function bounds({ minReplicas, maxReplicas, connectionLimit }: SizingSettings) {
  const most = Math.max(1, Math.min(maxReplicas, connectionLimit));
  const least = Math.min(minReplicas, most);
  return (replicas: number): number => Math.min(most, Math.max(least, replicas));
}

function raise(
  state: SizingState,
  { now, current, load }: Moment & { readonly load: Load },
  needed: number,
  settings: SizingSettings,
): SizingDecision {
  const stay = (reason: SizingReason): SizingDecision => ({
    state,
    replicas: current,
    reason,
    needed,
  });
  const wanted = bounds(settings)(Math.ceil(needed));
  if (wanted <= current)
    return stay(settings.connectionLimit < settings.maxReplicas ? 'ConnectionLimit' : 'AtMaximum');
  if (state.saturatedUntil !== null) return stay('DownstreamSaturated');
  const sinceRaise = now - (state.lastRaiseAt ?? -Infinity);
  const areStarting = load.readyWriters < current && sinceRaise < START_GRACE_MS;
  if (areStarting || state.trial !== null) return stay('WritersStarting');
  if (sinceRaise < STEP_MS) return stay('ScalingUp');
  const replicas = Math.min(wanted, Math.max(current * 2, current + STEP_PODS));
  const trial: Trial = {
    fromReplicas: Math.max(1, load.readyWriters),
    fromRate: load.ackRate,
    toReplicas: replicas,
    startedAt: now,
    readyAt: null,
  };
  return { state: { ...state, trial, lastRaiseAt: now }, replicas, reason: 'ScalingUp', needed };
}

function lower(
  state: SizingState,
  { now, current }: Pick<Moment, 'now' | 'current'>,
  needed: number,
  settings: SizingSettings,
): SizingDecision {
  const within = bounds(settings);
  const stay = (reason: SizingReason): SizingDecision => ({
    state,
    replicas: current,
    reason,
    needed,
  });
  if (within(Math.ceil(needed)) >= current) return stay('Steady');
  const windowMs = settings.scaleDownStabilizationSeconds * 1_000;
  const watched = now - (state.watchedSince ?? now);
  const replicas = within(Math.ceil(maximumOf(state.needed)));
  if (watched < windowMs || replicas >= current) return stay('Stabilizing');
  return { state: { ...state, trial: null }, replicas, reason: 'ScalingDown', needed };
}

/** Takes in what is seen, before anything is decided. */
function observe(
  state: SizingState,
  load: Load,
  now: number,
  settings: SizingSettings,
): SizingState {
  const elapsed = state.lastAt === null ? null : now - state.lastAt;
  const pace = state.perWriter ?? settings.eventsPerSecondPerReplica;
  const hasBacklog = load.backlog > pace * Math.max(1, load.readyWriters) * BACKLOG_SECONDS;
  const tried = observeTried(state, load, now, hasBacklog);
  return {
    ...state,
    watchedSince: state.watchedSince ?? now,
    lastAt: now,
    publishRate: smooth(state.publishRate, load.publishRate, elapsed, RATE_TAU_MS),
    perWriter:
      hasBacklog && tried.mayLearn ? learnPace(state, load, elapsed, settings) : state.perWriter,
    trial: tried.trial,
    saturatedUntil: tried.saturatedUntil,
  };
}

interface Tried extends Pick<SizingState, 'trial' | 'saturatedUntil'> {
  /** The writers' rate tells their pace. */
  readonly mayLearn: boolean;
}

/** Whether the writers that were added last help. */
function observeTried(state: SizingState, load: Load, now: number, hasBacklog: boolean): Tried {
  const isOver = !hasBacklog || now >= (state.saturatedUntil ?? 0);
  const saturatedUntil = isOver ? null : state.saturatedUntil;
  if (state.trial === null) return { trial: null, saturatedUntil, mayLearn: isOver };
  const { trial, outcome } = observeTrial(state.trial, load, now, hasBacklog);
  if (outcome === 'saturated')
    return { trial: null, saturatedUntil: now + SATURATION_MS, mayLearn: false };
  return {
    trial: outcome === 'open' ? trial : null,
    saturatedUntil,
    mayLearn: isOver && load.readyWriters <= trial.fromReplicas,
  };
}

function learnPace(
  { perWriter }: SizingState,
  { ackRate, readyWriters }: Load,
  elapsed: number | null,
  { eventsPerSecondPerReplica: seed }: SizingSettings,
): number | null {
  if (readyWriters === 0 || ackRate === 0 || elapsed === null) return perWriter;
  const measured = Math.min(
    seed * PACE_BOUNDS.most,
    Math.max(seed * PACE_BOUNDS.least, ackRate / readyWriters),
  );
  return smooth(perWriter ?? seed, measured, elapsed, PACE_TAU_MS);
}

/** Exponential smoothing that does not depend on how often it is asked. */
function smooth(
  before: number | null,
  value: number,
  elapsedMs: number | null,
  tauMs: number,
): number {
  if (before === null || elapsedMs === null) return value;
  return before + (value - before) * (1 - Math.exp(-elapsedMs / tauMs));
}
