import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from './connection.ts';
import { benchJson } from './events.ts';
import { BATCH, BatchTemplates } from './batch-templates.ts';
import { checkLedger, isClean, verdictLine } from './ledger-check.ts';
import { runOpenLoop, type LoadPlan, type LoadResult } from './open-loop.ts';
import { PipelineParts, type MeasuredPart } from './pipeline-parts.ts';
import type { Report } from './report.ts';
import { postUntilAcknowledged, SenderLedger } from './sender.ts';

const MIB = 2 ** 20;
const BATCH_CONNECTIONS = 4;
const SINGLE_CONNECTIONS = 64;
const SAMPLE_MS = 500;
/** A queue that is not emptied in this time never will be. */
const PATIENCE_MS = 600_000;

export interface PipelineLoad {
  readonly eventsPerSecond: number;
  readonly seconds: number;
}

/** Batches of 500: what is stored end to end, what each process costs, how far the writer is behind. */
export async function benchPipelineBatches(load: PipelineLoad, report: Report): Promise<void> {
  await withParts(async (parts) => {
    await parts.add('writer');
    const ingest = await parts.add('ingest');
    const ledger = new SenderLedger();
    const watch = await watchParts(parts);
    const begun = performance.now();
    const before = parts.cpuSeconds();
    const result = await sendBatches(ingest, load, ledger);
    await storesAll(parts, ledger.sent);
    const seconds = (performance.now() - begun) / 1_000;
    const cost = costOf(before, parts.cpuSeconds(), ledger.sent);
    report.line(
      `pipeline, batches of ${BATCH} over ${BATCH_CONNECTIONS} connections, ${load.eventsPerSecond}/s offered for ${load.seconds} s: ` +
        `${perSecond(result)} events/s acknowledged, ${Math.round(ledger.sent / seconds)} events/s stored end to end, ` +
        `${result.latencies.summary()}; ${ledger.retried} retries`,
    );
    report.line(`CPU s per million events: ${cost}`);
    report.line(await watch.stop());
    await settle(parts, ledger, report);
  });
}

/** One event per request: what is acknowledged after the confirm. */
export async function benchPipelineSingles(load: PipelineLoad, report: Report): Promise<void> {
  await withParts(async (parts) => {
    await parts.add('writer');
    const ingest = await parts.add('ingest');
    const ledger = new SenderLedger();
    const before = parts.cpuSeconds();
    const result = await onConnections(ingest, SINGLE_CONNECTIONS, {
      requestsPerSecond: load.eventsPerSecond,
      seconds: load.seconds,
      send: (connection, i) =>
        postUntilAcknowledged(connection, '/', benchJson(i, Date.now()), 1, ledger, null),
    });
    const cost = costOf(before, parts.cpuSeconds(), ledger.sent);
    report.line(
      `pipeline, one event per POST over ${SINGLE_CONNECTIONS} connections, ${load.eventsPerSecond}/s offered for ${load.seconds} s: ` +
        `${perSecond(result)} events/s acknowledged after the confirm, ${result.latencies.summary()}`,
    );
    report.line(`CPU s per million events: ${cost}`);
    await storesAll(parts, ledger.sent);
    await settle(parts, ledger, report);
  });
}

/** Fills the queue while no writer runs, then starts one. */
export async function benchPipelineDrain(
  backlog: number,
  eventsPerSecond: number,
  report: Report,
): Promise<void> {
  await withParts(async (parts) => {
    const ingest = await parts.add('ingest');
    const ledger = new SenderLedger();
    await sendBatches(ingest, { eventsPerSecond, seconds: backlog / eventsPerSecond }, ledger);
    const before = parts.cpuSeconds();
    await parts.add('writer');
    const first = await parts.storedEvents();
    const begun = performance.now();
    await storesAll(parts, ledger.sent);
    const seconds = (performance.now() - begun) / 1_000;
    report.line(
      `pipeline, a backlog of ${ledger.sent} events: drained at ${Math.round((ledger.sent - first) / seconds)} events/s by one writer; ` +
        `CPU s per million events: ${costOf(before, parts.cpuSeconds(), ledger.sent)}`,
    );
    await settle(parts, ledger, report);
  });
}

async function withParts(run: (parts: PipelineParts) => Promise<void>): Promise<void> {
  const parts = await PipelineParts.start();
  try {
    await run(parts);
  } finally {
    await parts.stop();
  }
}

function sendBatches(
  ingest: string,
  { eventsPerSecond, seconds }: PipelineLoad,
  ledger: SenderLedger,
): Promise<LoadResult> {
  const templates = new BatchTemplates();
  return onConnections(ingest, BATCH_CONNECTIONS, {
    requestsPerSecond: eventsPerSecond / BATCH,
    seconds,
    send: (connection, i) =>
      postUntilAcknowledged(
        connection,
        '/logs/batch',
        templates.fill(i, Date.now()),
        BATCH,
        ledger,
        null,
      ),
  });
}

async function onConnections(
  url: string,
  count: number,
  plan: Omit<LoadPlan, 'connections'>,
): Promise<LoadResult> {
  const port = Number(new URL(url).port);
  const connections = await Promise.all(Array.from({ length: count }, () => Connection.open(port)));
  const result = await runOpenLoop({ ...plan, connections });
  for (const connection of connections) connection.close();
  return result;
}

async function storesAll(parts: PipelineParts, events: number): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let stored = 0; stored < events; stored = await parts.storedEvents()) {
    if (performance.now() > deadline) throw new Error(`${stored} of ${events} events are stored`);
    await delay(100);
  }
}

/** Looks for every event by the way users read. */
async function settle(parts: PipelineParts, ledger: SenderLedger, report: Report): Promise<void> {
  const origin = await parts.add('gateway');
  const verdict = await checkLedger({ origin }, '', ledger.sent);
  report.verdict(
    verdictLine(ledger.sent, ledger.acknowledged, verdict),
    isClean(ledger.sent, ledger.acknowledged, verdict),
  );
}

/** The backlog at most, and the memory of each part in the first third, and at most in the last one. */
async function watchParts(parts: PipelineParts): Promise<{ stop(): Promise<string> }> {
  const queue = await parts.watchBacklog();
  const samples: {
    readonly ready: number;
    readonly bytes: ReturnType<PipelineParts['residentBytes']>;
  }[] = [];
  const sample = async (): Promise<void> => {
    samples.push({ ready: await queue.ready(), bytes: parts.residentBytes() });
  };
  let sampling = Promise.resolve();
  const timer = setInterval(() => {
    sampling = sampling.then(sample);
  }, SAMPLE_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await sampling;
      await queue.close();
      const third = Math.ceil(samples.length / 3);
      const most = (part: 'ingest' | 'writer' | 'broker', some: typeof samples): string =>
        `${Math.round(Math.max(...some.map(({ bytes }) => bytes[part])) / MIB)}`;
      const memory = (['ingest', 'writer', 'broker'] as const).map(
        (part) =>
          `${part} ${most(part, samples.slice(0, third))} -> ${most(part, samples.slice(-third))}`,
      );
      const backlog = Math.max(...samples.map(({ ready }) => ready));
      return `at most ${backlog} batches waited; MiB of memory at most, first third -> last third: ${memory.join(', ')}`;
    },
  };
}

function costOf(
  before: Readonly<Record<MeasuredPart, number>>,
  after: Readonly<Record<MeasuredPart, number>>,
  events: number,
): string {
  const parts: MeasuredPart[] = ['client', 'ingest', 'broker', 'writer', 'postgres'];
  const costs = parts.map((part) => ((after[part] - before[part]) * 1e6) / events);
  const sum = costs.reduce((total, cost) => total + cost, 0);
  const each = parts.map((part, i) => `${part} ${costs[i]?.toFixed(1) ?? ''}`);
  return `${each.join(' + ')} = ${sum.toFixed(1)}`;
}

function perSecond({ acknowledged, seconds }: LoadResult): number {
  return Math.round(acknowledged / seconds);
}
