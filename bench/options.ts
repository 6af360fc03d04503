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

/** Whole numbers above 0, and what they are unless they are given. */
const NUMBERS = {
  port: 3900,
  rate: 110_000,
  seconds: 60,
  'single-rate': 6_500,
  'steady-rate': 2_000,
  'beside-events': 2_000_000,
  'pipeline-rate': 65_000,
  'pipeline-single-rate': 5_500,
  backlog: 2_000_000,
  pipelines: 100,
  'fill-rate': 100_000,
} as const;
type NumberName = keyof typeof NUMBERS;
const NUMBER_NAMES = Object.keys(NUMBERS) as NumberName[];

const EVENTS = '1000000,10000000';

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
operator             needs the programs of a Kubernetes control plane (npm run build:control-plane); --pipelines

By default: ${Object.entries({ ...NUMBERS, events: EVENTS })
  .map(([name, value]) => `--${name} ${value}`)
  .join(' ')}`;

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
  const textOf = (name: string): string | undefined => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  if (values['help'] === true) return null;
  return {
    numbers: Object.fromEntries(
      NUMBER_NAMES.map((name) => [name, positive(name, textOf(name) ?? String(NUMBERS[name]))]),
    ) as Record<NumberName, number>,
    events: (textOf('events') ?? EVENTS).split(',').map((count) => positive('events', count)),
    keep: textOf('keep') === '' ? undefined : textOf('keep'),
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

function parse(argv: readonly string[]): {
  readonly values: Readonly<Record<string, unknown>>;
  readonly positionals: readonly string[];
} {
  const text = { type: 'string' } as const;
  const names = [...NUMBER_NAMES, 'events', 'keep'];
  const texts = Object.fromEntries(names.map((name) => [name, text] as const));
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { ...texts, help: { type: 'boolean', short: 'h' } },
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
