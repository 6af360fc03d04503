import { randomUUID } from 'node:crypto';
import { Connection } from './connection.ts';
import { Latencies } from './latency.ts';
import type { Program } from './program.ts';
import type { Report } from './report.ts';
import { postUntilAcknowledged, SenderLedger } from './sender.ts';

const PROBES = 100;
const LIMIT_MS = 1_000;

/** Time from the 202 until a search by trace id finds the event. */
export async function benchVisibility(program: Program, report: Report): Promise<void> {
  const connection = await Connection.open(program.port);
  const ledger = new SenderLedger();
  const latencies = new Latencies();
  for (let probe = 0; probe < PROBES; probe++) {
    const traceId = randomUUID();
    const body = JSON.stringify({ message: 'visibility probe', traceId });
    await postUntilAcknowledged(connection, '/', body, 1, ledger, null);
    const acknowledged = performance.now();
    while (!(await isFound(program, traceId))) {
      if (performance.now() - acknowledged > 10 * LIMIT_MS) break;
    }
    latencies.add(performance.now() - acknowledged);
  }
  connection.close();
  report.verdict(
    `visible to search after the 202 (the search included), ${PROBES} probes: ${latencies.summary()}`,
    latencies.percentile(1) < LIMIT_MS,
  );
}

async function isFound(program: Program, traceId: string): Promise<boolean> {
  const query = encodeURIComponent(`traceId:"${traceId}"`);
  const answer = await program.getJson<{ hits: unknown[] }>(`/api/v1/search?q=${query}`);
  return answer.hits.length === 1;
}
