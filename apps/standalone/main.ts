import 'reflect-metadata';
import { readSettings, SETTINGS, SettingsError, type Settings } from '#config';
import { StoreRefusedError, StoreUnavailableError } from '#store';
import { fromLevel, jsonLines, readableText, Telemetry } from '#telemetry';
import { helpText, parseCommandLine } from './command-line.ts';
import { StartupError } from './postgres/startup-error.ts';
import { startProgram, type Program } from './program.ts';
import { onShutdown } from './shutdown.ts';
import { crashed, stopped, stopping } from './telemetry.ts';

function openTelemetry({ logFormat, logLevel }: Settings): Telemetry {
  const text = logFormat === 'text' || (logFormat === 'auto' && process.stdout.isTTY);
  const sink = text ? readableText : jsonLines;
  const write = (line: string): void => {
    process.stdout.write(line);
  };
  return new Telemetry(
    fromLevel(
      logLevel,
      sink(write, () => new Date()),
    ),
  );
}

async function run(values: Readonly<Record<string, string>>): Promise<void> {
  // Whoever read our output may be gone before us.
  process.stdout.on('error', () => undefined);
  const settings = readSettings(SETTINGS, { environment: process.env, flags: values });
  const telemetry = openTelemetry(settings);
  const life = new Life(telemetry);
  onShutdown((cause) => {
    telemetry.emit(stopping, { cause });
    void life.end(0);
  });
  process.on('uncaughtException', (error) => {
    telemetry.emit(crashed, { error: error.stack ?? error.message });
    void life.end(1);
  });
  const program = await startProgram(settings, telemetry);
  await life.started(program);
  process.send?.({ url: program.url });
}

/** Ends the process once, with the first exit code that was asked for; during the start, as soon as that is over. */
class Life {
  private readonly telemetry: Telemetry;
  private program: Program | null = null;
  private exitCode: number | null = null;

  constructor(telemetry: Telemetry) {
    this.telemetry = telemetry;
  }

  async started(program: Program): Promise<void> {
    this.program = program;
    if (this.exitCode !== null) await this.end(this.exitCode);
  }

  async end(exitCode: number): Promise<void> {
    this.exitCode ??= exitCode;
    if (this.program === null) return;
    const begun = performance.now();
    await this.program.close();
    this.telemetry.emit(stopped, { seconds: (performance.now() - begun) / 1_000 });
    process.exit(this.exitCode);
  }
}

/** One sentence for what the user can mend, the stack for everything else. */
function describe(error: unknown): string {
  const isExpected =
    error instanceof StartupError ||
    error instanceof SettingsError ||
    error instanceof StoreRefusedError ||
    error instanceof StoreUnavailableError;
  if (isExpected) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

try {
  const commandLine = parseCommandLine(process.argv.slice(2));
  if (commandLine.kind === 'help') process.stdout.write(helpText());
  else await run(commandLine.values);
} catch (error) {
  process.stderr.write(`${describe(error)}\n`);
  process.exit(1);
}
