import { Connection } from './connection.ts';
import {
  benchJson,
  hasNeedle,
  hasPhrase,
  knownAnswers,
  levelOf,
  NEEDLE,
  newest,
  PHRASE,
  resourceOf,
  SUBSTRING,
  traceOf,
} from './events.ts';
import { Latencies } from './latency.ts';
import type { Program } from './program.ts';
import type { Report } from './report.ts';
import { postUntilAcknowledged, SenderLedger } from './sender.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const BATCH = 2_000;
const CONNECTIONS = 4;
const RUNS = 7;

interface Hits {
  readonly hits: readonly {
    readonly timestamp: string;
    readonly metadata: { readonly n: number };
  }[];
}

interface BenchQuery {
  readonly name: string;
  readonly path: string;
  readonly check: (answer: unknown) => boolean;
}

/** The nine queries of the peers' comparison over `count` events of the last 24 hours, each answer checked. */
export async function benchQueries(program: Program, count: number, report: Report): Promise<void> {
  const startMs = (await startOfStored(program, count)) ?? (await store(program, count));
  report.line(
    `${count} events over 24 h stored, ${Math.round(program.storedBytes() / count)} bytes per event`,
  );
  await askQueries(program, count, startMs, report);
}

/** Asks each query once, then seven times for the median; the program holds the events from `startMs` on. */
export async function askQueries(
  program: Program,
  count: number,
  startMs: number,
  report: Report,
): Promise<void> {
  for (const query of queriesOver(count, startMs)) {
    const latencies = new Latencies();
    let right = query.check(await program.getJson(query.path));
    const before = program.cpuSeconds();
    for (let run = 0; run < RUNS; run++) {
      const started = performance.now();
      const answer = await program.getJson(query.path);
      latencies.add(performance.now() - started);
      right &&= query.check(answer);
    }
    const after = program.cpuSeconds();
    const cpuMs = (part: 'server' | 'postgres'): string =>
      (((after[part] - before[part]) * 1_000) / RUNS).toFixed(0);
    report.verdict(
      `${query.name}: median ${latencies.percentile(0.5).toFixed(1)} ms, max ${latencies.percentile(1).toFixed(1)} ms, ` +
        `CPU ms of server ${cpuMs('server')} and Postgres ${cpuMs('postgres')}, ${right ? 'right' : 'wrong answer'}`,
      right,
    );
  }
}

/** Where the events lie in time if the folder of the program holds them all; null if it is empty. */
async function startOfStored(program: Program, count: number): Promise<number | null> {
  const { hits } = await program.getJson<Hits>('/api/v1/search?limit=1');
  const [newestHit] = hits;
  if (newestHit === undefined) return null;
  const stored = await program.getJson<{ count: number }>('/api/v1/count');
  if (stored.count !== count)
    throw new Error(`the kept folder holds ${stored.count} events instead of ${count}: remove it`);
  const { n } = newestHit.metadata;
  return Date.parse(newestHit.timestamp) - timeOf(n, count, 0);
}

async function store(program: Program, count: number): Promise<number> {
  const startMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - DAY_MS;
  await loadEvents(program, count, startMs);
  return startMs;
}

function timeOf(n: number, count: number, startMs: number): number {
  return startMs + Math.floor((n * DAY_MS) / count);
}

/** Stores events 0 up to `count`, spread over a day. */
export async function loadEvents(program: Program, count: number, startMs: number): Promise<void> {
  const connections = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => Connection.open(program.port)),
  );
  const ledger = new SenderLedger();
  let next = 0;
  const worker = async (connection: Connection): Promise<void> => {
    for (let first = next; first < count; first = next) {
      next = Math.min(first + BATCH, count);
      const events: string[] = [];
      for (let n = first; n < next; n++) events.push(benchJson(n, timeOf(n, count, startMs)));
      const body = `[${events.join(',')}]`;
      await postUntilAcknowledged(connection, '/logs/batch', body, events.length, ledger, null);
    }
  };
  await Promise.all(connections.map(worker));
  connections.forEach((connection) => {
    connection.close();
  });
}

function queriesOver(count: number, startMs: number): BenchQuery[] {
  const known = knownAnswers(count);
  const day = range(startMs, startMs + DAY_MS);
  const sampleTrace = Math.floor(count / 3);
  const hourStart = startMs + 12 * HOUR_MS;
  const firstOfHour = Math.ceil(count / 2);
  const endOfHour = Math.ceil((count * 13) / 24);
  const inHour = (n: number): boolean => n >= firstOfHour && n < endOfHour;
  const target = newest(endOfHour, 1, (n) => hasPhrase(n) && levelOf(n) === 'error')[0] ?? 0;
  const resource = resourceOf(target);
  const combination = (n: number): boolean =>
    inHour(n) && levelOf(n) === 'error' && resourceOf(n) === resource && hasPhrase(n);
  return [
    { name: 'q1 newest 100', path: search(''), check: hitsAre(newest(count, 100, () => true)) },
    {
      name: 'q2 newest 100 errors',
      path: search('level:error'),
      check: hitsAre(newest(count, 100, (n) => levelOf(n) === 'error')),
    },
    {
      name: `q3 a word that occurs ${known.needle} times`,
      path: search(NEEDLE),
      check: hitsAre(newest(count, 100, hasNeedle)),
    },
    {
      name: 'q4 count of a phrase in 0.8 % of the events',
      path: `/api/v1/count?budget=60s&q=${encodeURIComponent(`"${PHRASE}"`)}`,
      check: (answer) => (answer as { count: number }).count === known.phrase,
    },
    {
      name: 'q5 substring inside words, newest 100',
      path: search(`message:"*${SUBSTRING}*"`),
      check: hitsAre(newest(count, 100, hasPhrase)),
    },
    {
      name: 'q6 one trace id',
      path: search(`traceId:${traceOf(sampleTrace)}`),
      check: hitsAre(newest(sampleTrace + 5, 5, (n) => traceOf(n) === traceOf(sampleTrace))),
    },
    {
      name: 'q7 histogram, level per 10 min over 24 h',
      path: `/api/v1/histogram?interval=10m&${day}`,
      check: histogramAddsUpTo(known.levels),
    },
    {
      name: 'q8 facet, top 10 resourceId',
      path: `/api/v1/facets?field=resourceId&limit=10&${day}`,
      check: (answer) =>
        JSON.stringify((answer as { values: { count: number }[] }).values.map((v) => v.count)) ===
        JSON.stringify(known.topResources.slice(0, 10).map((v) => v.count)),
    },
    {
      name: 'q9 level, resource and phrase within 1 h',
      path: `${search(`level:error AND resourceId:${resource} AND "${PHRASE}"`)}&${range(hourStart, hourStart + HOUR_MS)}`,
      check: hitsAre(newest(endOfHour, 100, combination)),
    },
  ];
}

function search(query: string): string {
  return `/api/v1/search?limit=100&budget=60s&q=${encodeURIComponent(query)}`;
}

function range(fromMs: number, toMs: number): string {
  return `from=${new Date(fromMs).toISOString()}&to=${new Date(toMs).toISOString()}`;
}

function hitsAre(expected: readonly number[]): (answer: unknown) => boolean {
  const wanted = new Set(expected);
  return (answer) => {
    const found = (answer as Hits).hits.map((hit) => hit.metadata.n);
    return found.length === expected.length && found.every((n) => wanted.has(n));
  };
}

function histogramAddsUpTo(levels: Readonly<Record<string, number>>): (answer: unknown) => boolean {
  return (answer) => {
    const sums: Record<string, number> = {};
    const { buckets } = answer as { buckets: { counts: Record<string, number> }[] };
    for (const { counts } of buckets) {
      for (const [level, n] of Object.entries(counts)) sums[level] = (sums[level] ?? 0) + n;
    }
    return Object.entries(levels).every(([level, n]) => sums[level] === n);
  };
}
