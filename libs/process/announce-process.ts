import type { Pool } from 'pg';
import type { ProcessName } from '#config';
import {
  pipelineMeasures,
  startHeartbeat,
  type AwayDependency,
  type Heartbeat,
  type MeasuredParts,
  type ProcessKind,
} from '#store';
import type { DependencyHealth } from './dependency-health.ts';
import type { ProcessContext } from './run-process.ts';
import { projectVersion } from './project-version.ts';

/** The last heartbeat may have to connect. */
const LAST_BEAT_MS = 500;

export interface AnnouncedParts extends Pick<MeasuredParts, 'queue' | 'writer'> {
  readonly kind: ProcessKind;
  /** `healthPool` of the store, or of `openHealthPool`. */
  readonly pool: Pool;
}

/**
 * Tells the other processes of this one from now to its end, with what its parts say. To be called after the pool was
 * added to the closing steps, for the last beat goes through it, and before what is drained at the end: until then the
 * process is stopping, not stopped.
 */
export function announceProcess(
  context: Pick<ProcessContext<ProcessName>, 'telemetry' | 'health' | 'steps' | 'stopping'>,
  { kind, pool, ...parts }: AnnouncedParts,
): Heartbeat {
  const { telemetry, health, steps, stopping } = context;
  const heartbeat = startHeartbeat({
    pool,
    process: { kind, version: projectVersion() },
    figures: pipelineMeasures({ ...parts, telemetry, away: () => awayDependencies(health) }),
    telemetry,
  });
  steps.add('the heartbeat', LAST_BEAT_MS, () => heartbeat.stop());
  stopping.addEventListener(
    'abort',
    () => {
      heartbeat.announceStop();
    },
    { once: true },
  );
  return heartbeat;
}

function awayDependencies(health: DependencyHealth): AwayDependency[] {
  return health.readiness().dependencies.flatMap(({ name, ok, since, reason }) => {
    if (ok) return [];
    const forSeconds = Math.max(0, (Date.now() - Date.parse(since)) / 1_000);
    return [{ name, reason: reason ?? '', forSeconds }];
  });
}
