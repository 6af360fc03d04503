import { parseArgs } from 'node:util';

/** Those that run where none is named. */
const USUAL = ['batches', 'singles', 'visibility', 'queries'] as const;
const PIPELINE = ['pipeline-batches', 'pipeline-singles', 'pipeline-drain'] as const;
const BENCHES = [
  ...USUAL,
  'columnar',
  'columnar-beside',
  'index',
  ...PIPELINE,
  'operator',
] as const;
export type Bench = (typeof BENCHES)[number];

export const USAGE = `npm run bench                      ${USUAL.join(', ')} (about 15 minutes)
npm run bench -- batches singles   some of these and the following

--port PORT          of the program that is measured
batches              --rate, --seconds
singles              --single-rate
queries              --events 1000000,10000000; --keep FOLDER stores the events there once and asks the same ones next time
columnar             --events
columnar-beside      ingest beside the job that makes columnar files: --beside-events
index                needs meilisearch on PATH; --events (its first number), --steady-rate, --seconds
pipeline             its three parts; needs an installed RabbitMQ
  pipeline-batches   --pipeline-rate, --seconds
  pipeline-singles   --pipeline-single-rate
  pipeline-drain     --backlog, --fill-rate
operator             needs the programs of a Kubernetes control plane (npm run build:control-plane); --pipelines`;

/** Numbers, and what they are by default. */
const NUMBERS = {
  port: '3900',
  rate: '110000',
  seconds: '60',
  'single-rate': '6500',
  'steady-rate': '2000',
  'beside-events': '2000000',
  'pipeline-rate': '65000',
  'pipeline-single-rate': '5500',
  backlog: '2000000',
  pipelines: '100',
  'fill-rate': '100000',
} as const;
type NumberName = keyof typeof NUMBERS;

/** What the command line asks for. */
export interface BenchOptions {
  readonly numbers: Readonly<Record<NumberName, number>>;
  /** How many events to ask about, one run after the other. */
  readonly events: readonly number[];
  readonly keep: string | undefined;
  /** What is to be run, in this order. */
  readonly benches: readonly Bench[];
}

/** What is wrong with a command line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * @returns null where help is asked for
 * @throws UsageError for what it does not know
 */
export function readOptions(argv: readonly string[]): BenchOptions | null {
  const { values, positionals } = parse(argv);
  if (values.help === true) return null;
  const names = Object.keys(NUMBERS) as NumberName[];
  return {
    numbers: Object.fromEntries(
      names.map((name) => [name, positive(name, values[name] ?? NUMBERS[name])]),
    ) as Record<NumberName, number>,
    events: values.events.split(',').map((count) => positive('events', count)),
    keep: values.keep,
    benches: benchesOf(positionals),
  };
}

function benchesOf(names: readonly string[]): readonly Bench[] {
  if (names.length === 0) return USUAL;
  const wanted = new Set(names.flatMap((name) => (name === 'pipeline' ? PIPELINE : [name])));
  const known = BENCHES.filter((bench) => wanted.delete(bench));
  if (wanted.size > 0) throw new UsageError(`there is no bench ${[...wanted].join(', ')}`);
  return known;
}

function parse(argv: readonly string[]) {
  const number = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        events: { type: 'string', default: '1000000,10000000' },
        keep: { type: 'string' },
        port: number,
        rate: number,
        seconds: number,
        'single-rate': number,
        'steady-rate': number,
        'beside-events': number,
        'pipeline-rate': number,
        'pipeline-single-rate': number,
        backlog: number,
        pipelines: number,
        'fill-rate': number,
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new UsageError(`--${name} ${text}: a whole number above 0 is needed`);
}
