import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface ProducerOptions {
  readonly url: URL;
  /** Events per second; null sends a file as fast as the server takes it. */
  readonly rate: number | null;
  /** Null runs until it is stopped, or to the end of the file. */
  readonly durationMs: number | null;
  /** NDJSON, or NDJSON compressed with gzip; null makes random logs. */
  readonly file: string | null;
  /** Events per request. */
  readonly batch: number;
  /** Requests in flight at most. */
  readonly connections: number;
  readonly seed: number;
  /** How long one batch is tried before it counts as undeliverable. */
  readonly giveUpMs: number;
}

export type CommandLine =
  | { readonly kind: 'run'; readonly options: ProducerOptions }
  | { readonly kind: 'help' }
  /** One sentence on what is wrong and what is allowed. */
  | { readonly kind: 'invalid'; readonly reason: string };

export const HELP = `Sends logs to Penstock: random ones, or those of a file.

npm run produce -- [--rate 5000] [--duration 30s] [--file logs.ndjson.gz]

--url          where Penstock listens (http://localhost:3000)
--rate         events per second (1000; a file goes as fast as the server takes it)
--duration     how long, like 500ms, 30s, 10m or 1h (until Ctrl-C)
--file         sends the lines of this file, .ndjson or .ndjson.gz, as they are
--batch        events per request, 1 to 10000 (500, fewer at low rates)
--connections  requests in flight at most, 1 to 256 (4)
--seed         makes the random logs the same each time (random)
--give-up      how long one batch is tried (2m)

An ingest token is read from the environment variable INGEST_TOKEN.

The last line is: sent N accepted N rejected N retried N
`;

const DEFAULT_RATE = 1_000;
const BATCHES_PER_SECOND = 10;
const LARGEST_DEFAULT_BATCH = 500;

/** Reads the arguments after the script's name; `randomSeed` is used where none is given. */
export function readCommandLine(args: readonly string[], randomSeed: number): CommandLine {
  try {
    const { values } = parseArgs({ args: [...args], options: OPTIONS, strict: true });
    if (values.help === true) return { kind: 'help' };
    return { kind: 'run', options: readOptions(values, randomSeed) };
  } catch (error) {
    return { kind: 'invalid', reason: error instanceof Error ? error.message : String(error) };
  }
}

const OPTIONS = {
  url: { type: 'string', default: 'http://localhost:3000' },
  rate: { type: 'string' },
  duration: { type: 'string' },
  file: { type: 'string' },
  batch: { type: 'string' },
  connections: { type: 'string', default: '4' },
  seed: { type: 'string' },
  'give-up': { type: 'string', default: '2m' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; strict: true }>>['values'];

function readOptions(values: Values, randomSeed: number): ProducerOptions {
  const file = values.file ?? null;
  const fallbackRate = file === null ? DEFAULT_RATE : null;
  const rate =
    values.rate === undefined ? fallbackRate : number('--rate', values.rate, 0.1, 1_000_000);
  const usual = Math.ceil((rate ?? Number.POSITIVE_INFINITY) / BATCHES_PER_SECOND);
  return {
    url: readUrl(values.url),
    rate,
    durationMs: values.duration === undefined ? null : duration('--duration', values.duration),
    file,
    batch:
      values.batch === undefined
        ? Math.min(LARGEST_DEFAULT_BATCH, usual)
        : whole('--batch', values.batch, 1, 10_000),
    connections: whole('--connections', values.connections, 1, 256),
    seed: values.seed === undefined ? randomSeed : whole('--seed', values.seed, 0, 4_294_967_295),
    giveUpMs: duration('--give-up', values['give-up']),
  };
}

function readUrl(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw new Error(`--url must be an address like http://localhost:3000, not ${text}`);
}

function number(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= min && value <= max) return value;
  throw new Error(`${name} must be a number from ${min} to ${max}, not ${text}`);
}

function whole(name: string, text: string, min: number, max: number): number {
  const value = number(name, text, min, max);
  if (Number.isInteger(value)) return value;
  throw new Error(`${name} must be a whole number, not ${text}`);
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

function duration(name: string, text: string): number {
  const match = /^(\d{1,7}(?:\.\d{1,3})?)(ms|s|m|h)$/.exec(text);
  const ms = Number(match?.[1]) * (UNITS[match?.[2] ?? ''] ?? Number.NaN);
  if (ms > 0) return ms;
  throw new Error(`${name} must be a time like 500ms, 30s, 10m or 1h, not ${text}`);
}
