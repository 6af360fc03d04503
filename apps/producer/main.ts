import { randomUUID } from 'node:crypto';

import type { DeliveryParts } from './deliver.ts';
import { fileEvents } from './file-events.ts';
import { HttpSender } from './http-sender.ts';
import { HELP, readCommandLine, type ProducerOptions } from './options.ts';
import { produce, type Load } from './produce.ts';
import { showProgress } from './progress.ts';
import { randomBatches } from './random-batches.ts';
import { RandomLogs } from './random-logs.ts';
import { seededRandom } from './random.ts';
import { Tally } from './tally.ts';

const REQUEST_TIMEOUT_MS = 30_000;
/** After Ctrl-C: how long requests that are in flight may still take. */
const STOP_MS = 5_000;

/** Runs the producer; the answer is the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const commandLine = readCommandLine(args, Math.floor(Math.random() * 2 ** 32));
  if (commandLine.kind === 'run') return run(commandLine.options);
  if (commandLine.kind === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  process.stderr.write(`${commandLine.reason}. Run with --help for the options.\n`);
  return 1;
}

async function run(options: ProducerOptions): Promise<number> {
  const tally = new Tally();
  const sender = new HttpSender(options.url, options.connections, REQUEST_TIMEOUT_MS, token());
  const { stop, abort } = stopOnSignals();
  const parts: DeliveryParts = {
    sender,
    tally,
    random: Math.random,
    giveUpMs: options.giveUpMs,
    signal: abort,
  };
  const endProgress = showProgress(tally, process.stderr);
  const failure = await produce(loadOf(options), parts, endOf(options, stop)).then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  endProgress();
  sender.close();
  if (failure !== null) process.stderr.write(`${failure}\n`);
  for (const [reason, events] of tally.reasons) process.stderr.write(`${events} × ${reason}\n`);
  process.stdout.write(`${tally.closingLine()}\n`);
  return failure === null && tally.undelivered === 0 ? 0 : 1;
}

/** From the environment, for a command line can be read by everybody on the machine. */
function token(): string | null {
  const given = process.env['INGEST_TOKEN']?.trim() ?? '';
  return given === '' ? null : given;
}

function loadOf(options: ProducerOptions): Load {
  const { rate, durationMs, connections, batch } = options;
  const runId = randomUUID();
  if (options.file !== null) {
    return { batches: fileEvents(options.file, batch), rate, connections, runId };
  }
  const logs = new RandomLogs(seededRandom(options.seed));
  const total =
    durationMs === null || rate === null ? null : Math.round((rate * durationMs) / 1_000);
  return { batches: randomBatches(logs, { batch, total }, Date.now), rate, connections, runId };
}

/** Random logs end by their number; a file is cut off by the time. */
function endOf({ file, durationMs }: ProducerOptions, stop: AbortSignal): AbortSignal {
  if (file === null || durationMs === null) return stop;
  return AbortSignal.any([stop, AbortSignal.timeout(durationMs)]);
}

/** The first signal stops the making of batches, the second (or a few seconds) what is in flight. */
function stopOnSignals(): { readonly stop: AbortSignal; readonly abort: AbortSignal } {
  const stop = new AbortController();
  const abort = new AbortController();
  const onSignal = (): void => {
    if (stop.signal.aborted) {
      abort.abort();
      return;
    }
    stop.abort();
    setTimeout(() => {
      abort.abort();
    }, STOP_MS).unref();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return { stop: stop.signal, abort: abort.signal };
}

process.exitCode = await main(process.argv.slice(2));
