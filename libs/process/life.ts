import type { ClosingSteps } from './closing-steps.ts';
import type { DependencyHealth } from './dependency-health.ts';
import type { Telemetry } from '#telemetry';
import { crashed, stepFailed, stopped, stopping } from './telemetry.ts';

export interface LifeParts {
  readonly telemetry: Telemetry;
  readonly health: DependencyHealth;
  /** What was opened so far; closing it ends the process's work. */
  readonly steps: ClosingSteps;
  readonly exit: (code: number) => void;
}

/** A start that does not end by itself is left where it is, in ms: nothing was accepted yet. */
const START_DEADLINE_MS = 5_000;

/**
 * From the start of a process to its one end, with the first exit code that was asked for. A start that is under way
 * when the end is asked for is aborted by `stopping`, and what it opened is closed.
 */
export class Life {
  private readonly parts: LifeParts;
  private readonly abortion = new AbortController();
  private exitCode: number | null = null;
  private isStarting = true;
  private finishing: Promise<void> | null = null;

  constructor(parts: LifeParts) {
    this.parts = parts;
  }

  /** Aborts once the process is to end. */
  get stopping(): AbortSignal {
    return this.abortion.signal;
  }

  /** Runs the start. Rejects as it does, with everything closed again, unless the process was told to end meanwhile. */
  async begin<Started>(start: () => Promise<Started>): Promise<Started | null> {
    try {
      const started = await start();
      this.isStarting = false;
      if (this.exitCode === null) {
        this.parts.health.started();
        return started;
      }
    } catch (error) {
      this.isStarting = false;
      if (this.exitCode === null) {
        await this.parts.steps.close();
        throw error;
      }
    }
    await this.finish();
    return null;
  }

  stop(cause: string): void {
    this.parts.telemetry.emit(stopping, { cause });
    void this.end(0);
  }

  crash(error: Error): void {
    this.parts.telemetry.emit(crashed, { error: error.stack ?? error.message });
    void this.end(1);
  }

  private async end(exitCode: number): Promise<void> {
    this.exitCode ??= exitCode;
    this.parts.health.stopping();
    this.abortion.abort();
    if (this.isStarting) this.endStart();
    else await this.finish();
  }

  private endStart(): void {
    setTimeout(() => {
      if (!this.isStarting) return;
      const error = `not done ${START_DEADLINE_MS} ms after the end was asked for`;
      this.parts.telemetry.emit(stepFailed, { step: 'the start', error });
      void this.finish();
    }, START_DEADLINE_MS).unref();
  }

  private finish(): Promise<void> {
    this.finishing ??= this.closeAndExit();
    return this.finishing;
  }

  private async closeAndExit(): Promise<void> {
    const begun = performance.now();
    await this.parts.steps.close();
    this.parts.telemetry.emit(stopped, { seconds: (performance.now() - begun) / 1_000 });
    this.parts.exit(this.exitCode ?? 0);
  }
}
