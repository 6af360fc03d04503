import { Connection } from './connection.ts';
import { benchJson } from './events.ts';
import { checkLedger, isClean, verdictLine } from './ledger-check.ts';
import { runOpenLoop, type LoadResult } from './open-loop.ts';
import type { Program } from './program.ts';
import type { Report } from './report.ts';
import { postUntilAcknowledged, SenderLedger } from './sender.ts';

const CONNECTIONS = 64;

/** One event per request over 64 connections: first at the full rate, then at half of it for the latency. */
export async function benchIngestSingles(
  program: Program,
  rate: number,
  seconds: number,
  report: Report,
): Promise<void> {
  const ledger = new SenderLedger();
  const connections = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => Connection.open(program.port)),
  );
  const load = (requestsPerSecond: number): Promise<LoadResult> => {
    const first = ledger.sent;
    return runOpenLoop({
      connections,
      requestsPerSecond,
      seconds,
      send: (connection, i) => {
        const body = benchJson(first + i, Date.now());
        return postUntilAcknowledged(connection, '/', body, 1, ledger, null);
      },
    });
  };
  const full = await load(rate);
  report.line(
    `ingest, one event per POST over ${CONNECTIONS} connections, ${rate}/s offered for ${seconds} s: ` +
      `${Math.round(full.acknowledged / full.seconds)} events/s acknowledged, ${full.latencies.summary()}`,
  );
  const half = await load(rate / 2);
  report.line(`the same at ${rate / 2}/s: ${half.latencies.summary()}`);
  connections.forEach((connection) => {
    connection.close();
  });
  const verdict = await checkLedger(program, '', ledger.sent);
  report.verdict(
    verdictLine(ledger.sent, ledger.acknowledged, verdict),
    isClean(ledger.sent, ledger.acknowledged, verdict),
  );
}
