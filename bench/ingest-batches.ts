import { setInterval } from 'node:timers';
import { benchJson } from './events.ts';
import { Connection } from './connection.ts';
import { checkLedger, isClean, verdictLine } from './ledger-check.ts';
import { runOpenLoop } from './open-loop.ts';
import type { Program } from './program.ts';
import type { Report } from './report.ts';
import { postUntilAcknowledged, SenderLedger } from './sender.ts';

const BATCH = 500;
const CONNECTIONS = 4;
const TEMPLATES = 100;
const NUMBER_DIGITS = 9;
const TIME_DIGITS = 24;

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
  const bodies = Array.from({ length: TEMPLATES }, (_, i) => new BatchTemplate(i * BATCH));
  const connections = await openConnections(program.port);
  const ledger = new SenderLedger();
  const memory = sampleMemory(program);
  const before = program.cpuSeconds();
  const result = await runOpenLoop({
    connections,
    requestsPerSecond: load.eventsPerSecond / BATCH,
    seconds: load.seconds,
    send: (connection, i) => {
      const body = bodies[i % TEMPLATES]?.fill(i * BATCH, Date.now()) ?? Buffer.alloc(0);
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

/**
 * A prepared body of 500 events whose numbers and times are overwritten in place, so that the client costs the two
 * cores that it shares with the server next to nothing. The text of an event repeats every 50,000 events.
 */
class BatchTemplate {
  private readonly body: Buffer;
  private readonly numbers: number[] = [];
  private readonly times: number[] = [];

  constructor(first: number) {
    const events = Array.from({ length: BATCH }, (_, i) =>
      benchJson(first + i, 0).replace(/"n":\d+/, `"n":${'1'.repeat(NUMBER_DIGITS)}`),
    );
    this.body = Buffer.from(`[${events.join(',')}]`);
    let at = 0;
    for (const event of events) {
      at += 1;
      this.numbers.push(at + event.lastIndexOf('"n":') + 4);
      this.times.push(at + event.indexOf('"timestamp":"') + 13);
      at += event.length;
    }
  }

  /** JSON has no leading zeros: a number below nine digits is padded by spaces. */
  fill(first: number, nowMs: number): Buffer {
    const time = new Date(nowMs).toISOString();
    for (let i = 0; i < BATCH; i++) {
      this.body.write(String(first + i).padStart(NUMBER_DIGITS), this.numbers[i] ?? 0, 'latin1');
      this.body.write(time, this.times[i] ?? 0, TIME_DIGITS, 'latin1');
    }
    return this.body;
  }
}

function sampleMemory(program: Program): { stop(): number } {
  let peak = program.residentBytes();
  const timer = setInterval(() => {
    peak = Math.max(peak, program.residentBytes());
  }, 500);
  return {
    stop: () => {
      clearInterval(timer);
      return peak;
    },
  };
}
