import { setTimeout as delay } from 'node:timers/promises';
import { MeilisearchProcess } from '../test/support/meilisearch-server.ts';
import { Connection } from './connection.ts';
import { benchJson, hasNeedle, NEEDLE, newest } from './events.ts';
import { Latencies } from './latency.ts';
import { runOpenLoop } from './open-loop.ts';
import { ownCpuSeconds } from './process-usage.ts';
import type { Program } from './program.ts';
import { loadEvents } from './queries.ts';
import type { Report } from './report.ts';
import { postUntilAcknowledged, SenderLedger } from './sender.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const POLL_MS = 200;
const STEADY_BATCH = 100;
const STEADY_CONNECTIONS = 2;
const SEARCHES = 50;

export interface IndexBench {
  /** Events that are stored before the index comes, and indexed in bulk. */
  readonly events: number;
  readonly steady: { readonly eventsPerSecond: number; readonly seconds: number };
}

/**
 * What Meilisearch takes in bulk and beside steady ingest, with one indexing thread, and how fast a rare word is found
 * through it. `start` starts a program that uses the index.
 */
export async function benchSearchIndex(
  start: (environment: Readonly<Record<string, string>>) => Promise<Program>,
  { events, steady }: IndexBench,
  report: Report,
): Promise<void> {
  const index = await MeilisearchProcess.start();
  try {
    const program = await start({
      MEILI_URL: index.url,
      MEILI_API_KEY: index.apiKey,
      INDEX_MAX_LAG: '1d',
    });
    try {
      // Away, so that the events are stored first.
      await index.kill();
      const startMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - DAY_MS;
      await loadEvents(program, events, startMs);
      await benchBulk(program, index, events, report);
      await benchNeedle(program, events, report);
      await benchSteady(program, index, steady, events, report);
    } finally {
      await program.stop();
    }
  } finally {
    await index.remove();
  }
}

async function benchBulk(
  program: Program,
  index: MeilisearchProcess,
  events: number,
  report: Report,
): Promise<void> {
  await index.start();
  await documentsReach(index, 1);
  const begun = performance.now();
  const already = await documents(index);
  const before = ownCpuSeconds(index.pid);
  const ownBefore = program.cpuSeconds();
  await documentsReach(index, events);
  const seconds = (performance.now() - begun) / 1_000;
  const million = (events - already) / 1_000_000;
  const own = program.cpuSeconds();
  report.line(
    `index, ${events} documents in bulk: ${Math.round((events - already) / seconds)} documents/s; ` +
      `CPU s per million: Meilisearch ${((ownCpuSeconds(index.pid) - before) / million).toFixed(1)}, ` +
      `server ${((own.server - ownBefore.server) / million).toFixed(1)}, ` +
      `Postgres ${((own.postgres - ownBefore.postgres) / million).toFixed(1)}; ` +
      `${Math.round(index.dataBytes() / events)} bytes per document`,
  );
}

async function benchNeedle(program: Program, events: number, report: Report): Promise<void> {
  const expected = newest(events, 100, hasNeedle);
  const path = `/api/v1/search?limit=100&q=${NEEDLE}`;
  const latencies = new Latencies();
  let right = true;
  let asked = true;
  for (let run = 0; run <= SEARCHES; run++) {
    const started = performance.now();
    const { hits, engines } = await program.getJson<{
      readonly hits: readonly { readonly metadata: { readonly n: number } }[];
      readonly engines: readonly string[];
    }>(path);
    // The first one fills caches.
    if (run > 0) latencies.add(performance.now() - started);
    right &&= hits.map(({ metadata }) => metadata.n).join() === expected.join();
    asked &&= engines.includes('meilisearch');
  }
  report.verdict(
    `a word in ${expected.length} of ${events} events, ${SEARCHES} searches: ${latencies.summary()}; ` +
      `${right ? 'right' : 'wrong answer'}, ${asked ? 'all' : 'not all'} of them by the index`,
    right && asked,
  );
}

async function benchSteady(
  program: Program,
  index: MeilisearchProcess,
  { eventsPerSecond, seconds }: IndexBench['steady'],
  events: number,
  report: Report,
): Promise<void> {
  const connections = await Promise.all(
    Array.from({ length: STEADY_CONNECTIONS }, () => Connection.open(program.port)),
  );
  const ledger = new SenderLedger();
  // The lag is told some seconds late: that of the bulk is not meant.
  while ((await toldLag(program)) !== 0) await delay(POLL_MS);
  const lag = watchLag(program);
  const before = ownCpuSeconds(index.pid);
  const result = await runOpenLoop({
    connections,
    requestsPerSecond: eventsPerSecond / STEADY_BATCH,
    seconds,
    send: (connection, i) => {
      const body = Array.from({ length: STEADY_BATCH }, (_, at) =>
        benchJson(events + i * STEADY_BATCH + at, Date.now()),
      ).join(',');
      return postUntilAcknowledged(
        connection,
        '/logs/batch',
        `[${body}]`,
        STEADY_BATCH,
        ledger,
        null,
      );
    },
  });
  const cpu = (ownCpuSeconds(index.pid) - before) / result.seconds;
  for (const connection of connections) connection.close();
  const largest = await lag.stop();
  await documentsReach(index, events + result.acknowledged);
  report.verdict(
    `steady ${eventsPerSecond}/s for ${seconds} s beside ${events} documents: lag at most ${largest.toFixed(1)} s, ` +
      `Meilisearch takes ${cpu.toFixed(2)} of a core; all of them are indexed in the end`,
    result.acknowledged > 0,
  );
}

/** The largest lag that is told between now and `stop`. */
function watchLag(program: Program): { stop(): Promise<number> } {
  let stopped = false;
  const watch = async (): Promise<number> => {
    let largest = 0;
    while (!stopped) {
      largest = Math.max(largest, (await toldLag(program)) ?? 0);
      await delay(1_000);
    }
    return largest;
  };
  const watching = watch();
  return {
    stop: () => {
      stopped = true;
      return watching;
    },
  };
}

async function toldLag(program: Program): Promise<number | null> {
  const { index } = await program.getJson<{
    readonly index: { readonly seconds: number } | null;
  }>('/api/v1/pipeline/health');
  return index?.seconds ?? null;
}

async function documentsReach(index: MeilisearchProcess, goal: number): Promise<void> {
  while ((await documents(index)) < goal) await delay(POLL_MS);
}

/** Each index has one more, its seal. */
async function documents(index: MeilisearchProcess): Promise<number> {
  const answer = await fetch(`${index.url}/stats`, {
    headers: { authorization: `Bearer ${index.apiKey}` },
    signal: AbortSignal.timeout(60_000),
  });
  const { indexes } = (await answer.json()) as {
    readonly indexes: Readonly<Record<string, { readonly numberOfDocuments: number }>>;
  };
  return Object.values(indexes).reduce((sum, each) => sum + each.numberOfDocuments - 1, 0);
}
