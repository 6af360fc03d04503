import { setTimeout as delay } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import type { Telemetry } from '#telemetry';
import { jobFailed, jobRan } from './events.ts';
import { NOTHING_TO_DO, type Job, type JobReport } from './job.ts';

const RETRY_MIN_MS = 1_000;
const RETRY_MAX_MS = 60_000;

export interface JobRunnerParts {
  readonly pool: Pool;
  readonly telemetry: Telemetry;
  /** 0 up to 1. */
  readonly random: () => number;
}

/** Runs jobs side by side, each in its own loop and under its advisory lock, until it is closed. */
export class JobRunner {
  private readonly stopping = new AbortController();
  private readonly parts: JobRunnerParts;
  private loops: readonly Promise<void>[] = [];

  constructor(parts: JobRunnerParts) {
    this.parts = parts;
  }

  start(jobs: readonly Job[]): void {
    this.loops = jobs.map((job) => this.loop(job));
  }

  /** Ends the current runs at their next step and waits for them. Safe without `start`. */
  async close(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.loops);
  }

  /** One run now; null when another process holds the lock. */
  async runOnce(job: Job): Promise<JobReport | null> {
    const client = await this.parts.pool.connect();
    let broken = false;
    try {
      return await this.runLocked(job, client);
    } catch (error) {
      // A session that failed in mid-run may hold a transaction or the lock: ending it frees both.
      broken = true;
      throw error;
    } finally {
      client.release(broken);
    }
  }

  private async runLocked(job: Job, client: PoolClient): Promise<JobReport | null> {
    const lock = `penstock:${job.lock}`;
    const answer = await client.query<{ taken: boolean }>(
      'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS taken',
      [lock],
    );
    if (answer.rows[0]?.taken !== true) return null;
    const started = performance.now();
    const report = await job.run(client, this.stopping.signal);
    await client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [lock]);
    if (report.done > 0) {
      const seconds = (performance.now() - started) / 1_000;
      this.parts.telemetry.emit(jobRan, { job: job.name, done: report.done, seconds });
    }
    return report;
  }

  private async loop(job: Job): Promise<void> {
    let failures = 0;
    while (!this.stopping.signal.aborted) {
      let pauseMs = job.intervalMs;
      try {
        const report = (await this.runOnce(job)) ?? NOTHING_TO_DO;
        failures = 0;
        if (report.more) pauseMs = 0;
      } catch (error) {
        failures += 1;
        pauseMs = this.backoffMs(failures);
        this.reportFailure(job, error, pauseMs);
      }
      await this.pause(pauseMs);
    }
  }

  private backoffMs(failures: number): number {
    const ceiling = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** Math.min(failures - 1, 10));
    return ceiling * (0.5 + this.parts.random() / 2);
  }

  private reportFailure(job: Job, error: unknown, retryInMs: number): void {
    if (this.stopping.signal.aborted) return;
    const text = error instanceof Error ? error.message : String(error);
    this.parts.telemetry.emit(jobFailed, { job: job.name, error: text, retryInMs });
  }

  private async pause(ms: number): Promise<void> {
    // The only rejection is the abort that ends the pause early.
    await delay(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
