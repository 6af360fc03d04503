import { resolve } from 'node:path';
import type { StartProgram } from './archive.ts';
import { benchColumnar } from './columnar.ts';
import { benchBesideArchive } from './columnar-beside.ts';
import { benchIngestBatches } from './ingest-batches.ts';
import { benchIngestSingles } from './ingest-singles.ts';
import { benchOperator } from './operator.ts';
import { readOptions, USAGE, UsageError, type Bench, type BenchOptions } from './options.ts';
import { benchPipelineBatches, benchPipelineDrain, benchPipelineSingles } from './pipeline.ts';
import { Program } from './program.ts';
import { benchQueries } from './queries.ts';
import { Report } from './report.ts';
import { benchSearchIndex } from './search-index.ts';
import { benchVisibility } from './visibility.ts';

/** Null where nothing is to be run: it was said how. */
function optionsOf(argv: readonly string[]): BenchOptions | null {
  try {
    const options = readOptions(argv);
    if (options === null) process.stdout.write(`${USAGE}\n`);
    return options;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${USAGE}\n`);
    process.exitCode = 2;
    return null;
  }
}

const BENCHES: Readonly<Record<Bench, (options: BenchOptions, report: Report) => Promise<void>>> = {
  batches: ({ numbers: { port, rate, seconds } }, report) =>
    withProgram(port, (program) =>
      benchIngestBatches(program, { eventsPerSecond: rate, seconds }, report),
    ),
  singles: ({ numbers }, report) =>
    withProgram(numbers.port, (program) =>
      benchIngestSingles(program, numbers['single-rate'], SINGLES_SECONDS, report),
    ),
  visibility: ({ numbers: { port } }, report) =>
    withProgram(port, (program) => benchVisibility(program, report)),
  async queries({ numbers: { port }, events, keep }, report) {
    for (const count of events) {
      const folder = keep === undefined ? undefined : resolve(keep, String(count));
      await withProgram(port, (program) => benchQueries(program, count, report), folder);
    }
  },
  async columnar({ numbers: { port }, events }, report) {
    for (const count of events) await benchColumnar(starting(port), count, report);
  },
  'columnar-beside': ({ numbers }, report) =>
    benchBesideArchive(starting(numbers.port), numbers['beside-events'], report),
  index({ numbers, events }, report) {
    const steady = { eventsPerSecond: numbers['steady-rate'], seconds: numbers.seconds };
    return benchSearchIndex(starting(numbers.port), { events: events[0] ?? 0, steady }, report);
  },
  'pipeline-batches'({ numbers }, report) {
    const load = { eventsPerSecond: numbers['pipeline-rate'], seconds: numbers.seconds };
    return benchPipelineBatches(load, report);
  },
  'pipeline-singles'({ numbers }, report) {
    const eventsPerSecond = numbers['pipeline-single-rate'];
    return benchPipelineSingles({ eventsPerSecond, seconds: SINGLES_SECONDS }, report);
  },
  'pipeline-drain': ({ numbers }, report) =>
    benchPipelineDrain(numbers.backlog, numbers['fill-rate'], report),
  operator: ({ numbers }, report) => benchOperator(numbers.pipelines, report),
};

const SINGLES_SECONDS = 20;

function starting(port: number): StartProgram {
  return (environment) => Program.start(port, { environment });
}

/** Each bench has a program with an empty data folder of its own, unless it keeps one. */
async function withProgram(
  port: number,
  run: (program: Program) => Promise<void>,
  kept?: string,
): Promise<void> {
  const program = await Program.start(port, { kept });
  try {
    await run(program);
  } finally {
    await program.stop();
  }
}

const options = optionsOf(process.argv.slice(2));
if (options !== null) {
  const report = new Report();
  report.heading();
  for (const bench of options.benches) await BENCHES[bench](options, report);
  process.exitCode = report.failed ? 1 : 0;
}
