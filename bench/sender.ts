import { setTimeout as delay } from 'node:timers/promises';
import type { Connection, RawAnswer } from './connection.ts';

const MAX_TRIES = 20;

/** Counts what a sender saw; `retried` are requests that were sent again after a 503. */
export class SenderLedger {
  sent = 0;
  acknowledged = 0;
  retried = 0;
}

/**
 * Posts one body until it is acknowledged, with a key that makes the retry safe, and honours `Retry-After`.
 *
 * @returns the number of events acknowledged.
 */
export async function postUntilAcknowledged(
  connection: Connection,
  path: string,
  body: Buffer | string,
  events: number,
  ledger: SenderLedger,
  key: string | null,
): Promise<number> {
  ledger.sent += events;
  const headers = key === null ? '' : `Idempotency-Key: ${key}\r\n`;
  for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
    const answer = await connection.post(path, body, headers);
    if (answer.status === 202) return acknowledge(answer, events, ledger);
    if (answer.status !== 503) throw new Error(`POST ${path}: ${answer.status} ${answer.body}`);
    ledger.retried += 1;
    await delay(1_000 * (answer.retryAfterSeconds ?? 1));
  }
  throw new Error(`POST ${path}: no acknowledgement after ${MAX_TRIES} attempts`);
}

function acknowledge(answer: RawAnswer, events: number, ledger: SenderLedger): number {
  const { accepted } = JSON.parse(answer.body) as { accepted: number };
  if (accepted !== events) throw new Error(`${accepted} of ${events} accepted: ${answer.body}`);
  ledger.acknowledged += accepted;
  return accepted;
}
