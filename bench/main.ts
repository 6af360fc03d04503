import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { benchColumnar } from './columnar.ts';
import { benchBesideArchive } from './columnar-beside.ts';
import { benchIngestBatches } from './ingest-batches.ts';
import { benchIngestSingles } from './ingest-singles.ts';
import { benchOperator } from './operator.ts';
import { benchPipelineBatches, benchPipelineDrain, benchPipelineSingles } from './pipeline.ts';
import { Program } from './program.ts';
import { benchQueries } from './queries.ts';
import { Report } from './report.ts';
import { benchSearchIndex } from './search-index.ts';
import { benchVisibility } from './visibility.ts';

/**
 * npm run bench                      everything but columnar, index, pipeline and operator (about 15 minutes)
 * npm run bench -- batches singles   some of: batches singles visibility queries columnar index pipeline
 * Options: --rate, --seconds (batches), --single-rate, --port
 * queries: --events 1000000,10000000; --keep FOLDER stores the events there once and asks the same ones next time
 * columnar: --events; columnar-beside (ingest beside the job that makes the files): --beside-events
 * index: needs `meilisearch` on PATH; --events (its first number), --steady-rate, --seconds
 * pipeline, or pipeline-batches, pipeline-singles, pipeline-drain: needs an installed RabbitMQ; --pipeline-rate, --seconds,
 *   --pipeline-single-rate, --backlog, --fill-rate
 * operator: needs the programs of a Kubernetes control plane (npm run build:control-plane); --pipelines
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    port: { type: 'string', default: '3900' },
    rate: { type: 'string', default: '110000' },
    seconds: { type: 'string', default: '60' },
    'single-rate': { type: 'string', default: '6500' },
    'steady-rate': { type: 'string', default: '2000' },
    events: { type: 'string', default: '1000000,10000000' },
    keep: { type: 'string' },
    'beside-events': { type: 'string', default: '2000000' },
    'pipeline-rate': { type: 'string', default: '65000' },
    'pipeline-single-rate': { type: 'string', default: '5500' },
    backlog: { type: 'string', default: '2000000' },
    pipelines: { type: 'string', default: '100' },
    'fill-rate': { type: 'string', default: '100000' },
  },
});

const wanted = (name: string): boolean => positionals.length === 0 || positionals.includes(name);

/** Each bench has a program with an empty data folder of its own, unless it keeps one. */
async function withProgram(
  run: (program: Program) => Promise<void>,
  folder?: string,
): Promise<void> {
  const program = await Program.start(Number(values.port), { kept: folder });
  try {
    await run(program);
  } finally {
    await program.stop();
  }
}

const report = new Report();
report.heading();
if (wanted('batches')) {
  const load = { eventsPerSecond: Number(values.rate), seconds: Number(values.seconds) };
  await withProgram((program) => benchIngestBatches(program, load, report));
}
if (wanted('singles')) {
  const rate = Number(values['single-rate']);
  await withProgram((program) => benchIngestSingles(program, rate, 20, report));
}
if (wanted('visibility')) await withProgram((program) => benchVisibility(program, report));
if (wanted('queries')) {
  for (const count of values.events.split(',').map(Number)) {
    const folder = values.keep && resolve(values.keep, String(count));
    await withProgram((program) => benchQueries(program, count, report), folder);
  }
}
const port = Number(values.port);
if (positionals.includes('columnar')) {
  for (const count of values.events.split(',').map(Number)) {
    await benchColumnar((environment) => Program.start(port, { environment }), count, report);
  }
}
if (positionals.includes('columnar-beside')) {
  const count = Number(values['beside-events']);
  await benchBesideArchive((environment) => Program.start(port, { environment }), count, report);
}
if (positionals.includes('index')) {
  await benchSearchIndex(
    (environment) => Program.start(port, { environment }),
    {
      events: Number(values.events.split(',')[0]),
      steady: { eventsPerSecond: Number(values['steady-rate']), seconds: Number(values.seconds) },
    },
    report,
  );
}
const ofPipeline = (name: string): boolean =>
  positionals.includes('pipeline') || positionals.includes(`pipeline-${name}`);
if (ofPipeline('batches')) {
  const eventsPerSecond = Number(values['pipeline-rate']);
  await benchPipelineBatches({ eventsPerSecond, seconds: Number(values.seconds) }, report);
}
if (ofPipeline('singles')) {
  const eventsPerSecond = Number(values['pipeline-single-rate']);
  await benchPipelineSingles({ eventsPerSecond, seconds: 20 }, report);
}
if (ofPipeline('drain')) {
  await benchPipelineDrain(Number(values.backlog), Number(values['fill-rate']), report);
}
if (positionals.includes('operator')) await benchOperator(Number(values.pipelines), report);
process.exitCode = report.failed ? 1 : 0;
