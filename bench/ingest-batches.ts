import { BATCH, BatchTemplates } from './batch-templates.ts';
import { Connection } from './connection.ts';
import { checkLedger, isClean, verdictLine } from './ledger-check.ts';
import { runOpenLoop } from './open-loop.ts';
import { watchMemory } from './peak-memory.ts';
import type { Program } from './program.ts';
import type { Report } from './report.ts';
import { postUntilAcknowledged, SenderLedger } from './sender.ts';

const CONNECTIONS = 4;

export interface BatchLoad {
  readonly eventsPerSecond: number;
  readonly seconds: number;
}

/** Batches of 500 over 4 connections, on schedule, with the CPU of server and Postgres and the server's memory. */
export async function benchIngestBatches(
  program: Program,
  load: BatchLoad,
  report: Report,
): Promise<void> {
  const templates = new BatchTemplates();
  const connections = await openConnections(program.port);
  const ledger = new SenderLedger();
  const memory = watchMemory(program);
  const before = program.cpuSeconds();
  const result = await runOpenLoop({
    connections,
    requestsPerSecond: load.eventsPerSecond / BATCH,
    seconds: load.seconds,
    send: (connection, i) => {
      const body = templates.fill(i, Date.now());
      return postUntilAcknowledged(connection, '/logs/batch', body, BATCH, ledger, null);
    },
  });
  const after = program.cpuSeconds();
  const peak = memory.stop();
  connections.forEach((connection) => {
    connection.close();
  });
  const million = result.acknowledged / 1_000_000;
  const server = (after.server - before.server) / million;
  const postgres = (after.postgres - before.postgres) / million;
  report.line(
    `ingest, batches of ${BATCH} over ${CONNECTIONS} connections, ${load.eventsPerSecond}/s offered for ${load.seconds} s: ` +
      `${Math.round(result.acknowledged / result.seconds)} events/s acknowledged, ${result.latencies.summary()}; ` +
      `CPU s per million: server ${server.toFixed(1)} + Postgres ${postgres.toFixed(1)} = ${(server + postgres).toFixed(1)}; ` +
      `server memory at most ${(peak / 2 ** 20).toFixed(0)} MiB; ${ledger.retried} retries`,
  );
  const verdict = await checkLedger(program, '', ledger.sent);
  report.verdict(
    verdictLine(ledger.sent, ledger.acknowledged, verdict),
    isClean(ledger.sent, ledger.acknowledged, verdict),
  );
}

function openConnections(port: number): Promise<Connection[]> {
  return Promise.all(Array.from({ length: CONNECTIONS }, () => Connection.open(port)));
}
