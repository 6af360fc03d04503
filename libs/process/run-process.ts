import { readSettings, settingsOf, type ProcessName, type ProcessSettings } from '#config';
import { collectProcessMetrics, openTracing, type Telemetry } from '#telemetry';
import { ClosingSteps } from './closing-steps.ts';
import { DependencyHealth } from './dependency-health.ts';
import { describeError } from './describe-error.ts';
import { Life } from './life.ts';
import { openTelemetry, type LogSettings } from './open-telemetry.ts';
import { projectVersion } from './project-version.ts';
import { onShutdown } from './shutdown.ts';
import { listening } from './telemetry.ts';
import { traceSettings, type TraceSettings } from './trace-settings.ts';

/** What a process is given to start with. */
export interface ProcessContext<Name extends ProcessName> {
  readonly settings: ProcessSettings<Name>;
  readonly telemetry: Telemetry;
  readonly health: DependencyHealth;
  /** Each thing that is opened is added at once, with the longest time that closing it may take. */
  readonly steps: ClosingSteps;
  /** Aborts when the process is told to end, maybe during its start. */
  readonly stopping: AbortSignal;
}

/** A collector that hangs must not hold up the end, in ms. */
const LAST_TRACES_MS = 1_000;

/** Starts everything and resolves with the address that it serves. */
export type StartProcess<Name extends ProcessName> = (
  context: ProcessContext<Name>,
) => Promise<string>;

/**
 * Runs a process to its end: reads its settings, starts it, closes it in order at SIGTERM, SIGINT or a crash. A start
 * that fails prints one sentence and exits with 1. The address goes to a parent process that opened a channel.
 *
 * @param flags values from the command line, by the name of their setting
 */
export async function runProcess<Name extends ProcessName>(
  name: Name,
  start: StartProcess<Name>,
  flags: Readonly<Record<string, string>> = {},
): Promise<void> {
  // Whoever read our output may be gone before us.
  process.stdout.on('error', () => undefined);
  try {
    const begun = performance.now();
    const source = { environment: process.env, flags };
    const settings = readSettings(settingsOf(name), source) as ProcessSettings<Name> &
      LogSettings &
      TraceSettings;
    const telemetry = openTelemetry(settings);
    const health = new DependencyHealth(telemetry);
    const steps = new ClosingSteps(telemetry);
    const life = new Life({ telemetry, health, steps, exit: (code) => process.exit(code) });
    onShutdown((cause) => {
      life.stop(cause);
    });
    process.on('uncaughtException', (error) => {
      life.crash(error);
    });
    const build = { process: name, version: projectVersion() };
    steps.add('process metrics', 100, collectProcessMetrics(telemetry, build));
    const traces = traceSettings(settings, build);
    if (traces !== null) {
      const tracing = await openTracing(traces, telemetry);
      steps.add('the last traces', LAST_TRACES_MS, () => tracing.close());
    }
    steps.add('the watch of dependencies', 100, () => {
      health.close();
    });
    const { stopping } = life;
    const url = await life.begin(() => start({ settings, telemetry, health, steps, stopping }));
    if (url === null) return;
    telemetry.emit(listening, { url, seconds: (performance.now() - begun) / 1_000 });
    process.send?.({ url });
  } catch (error) {
    failToStart(error);
  }
}

/** Ends the process with 1, after one sentence for what the user can mend, or the stack. */
export function failToStart(error: unknown): never {
  process.stderr.write(`${describeError(error)}\n`);
  process.exit(1);
}
