import type { PoolClient } from 'pg';

/** What one run of a job did: how many things, and whether as much again is waiting. */
export interface JobReport {
  readonly done: number;
  readonly more: boolean;
}

export const NOTHING_TO_DO: JobReport = { done: 0, more: false };

/**
 * A background job over the store. A run is short (a second or so), restartable at any point, and safe beside
 * writers and readers; the advisory lock keeps it to one runner per database.
 */
export interface Job {
  readonly name: string;
  /** Jobs with the same lock never run at the same time, in whatever process. */
  readonly lock: string;
  /** Pause after a run that left nothing waiting. */
  readonly intervalMs: number;
  run(client: PoolClient, signal: AbortSignal): Promise<JobReport>;
}
