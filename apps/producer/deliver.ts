import { setTimeout as delay } from 'node:timers/promises';

import type { HttpAnswer, HttpSender } from './http-sender.ts';
import type { Random } from './random.ts';
import { isRetryable, retryDelayMs } from './retry-policy.ts';
import type { Tally } from './tally.ts';

export interface DeliveryParts {
  readonly sender: Pick<HttpSender, 'post'>;
  readonly tally: Tally;
  readonly random: Random;
  readonly giveUpMs: number;
  /** Ends waits and requests. */
  readonly signal: AbortSignal;
}

/**
 * Sends one batch until the server says what became of it: every try has the same key, so that the events are stored
 * once whichever try succeeds. Counts the outcome; never rejects.
 */
export async function deliver(
  lines: readonly string[],
  idempotencyKey: string,
  parts: DeliveryParts,
): Promise<void> {
  const { tally, signal } = parts;
  const body = `${lines.join('\n')}\n`;
  const deadline = Date.now() + parts.giveUpMs;
  tally.sent += lines.length;
  for (let attempt = 1; ; attempt++) {
    const outcome = await tryOnce(body, idempotencyKey, parts);
    if (outcome.kind === 'settled') {
      count(outcome.answer, lines.length, tally);
      return;
    }
    const waitMs = retryDelayMs(attempt, outcome.retryAfter, Date.now(), parts.random);
    if (signal.aborted || Date.now() + waitMs > deadline) {
      tally.undelivered += lines.length;
      tally.note(`given up: ${outcome.reason}`, lines.length);
      return;
    }
    await delay(waitMs, undefined, { signal }).catch(() => undefined);
    tally.retried += lines.length;
  }
}

type Outcome =
  | { readonly kind: 'settled'; readonly answer: HttpAnswer }
  | { readonly kind: 'retry'; readonly retryAfter: string | null; readonly reason: string };

async function tryOnce(body: string, key: string, parts: DeliveryParts): Promise<Outcome> {
  try {
    const answer = await parts.sender.post(body, key, parts.signal);
    if (!isRetryable(answer.status)) return { kind: 'settled', answer };
    const { retryAfter } = answer;
    return { kind: 'retry', retryAfter, reason: `the server answers ${answer.status}` };
  } catch (error) {
    const reason = error instanceof Error ? reasonOf(error) : String(error);
    return { kind: 'retry', retryAfter: null, reason };
  }
}

/** A refused connection to several addresses is an AggregateError without a message. */
function reasonOf(error: Error): string {
  return error.message === ''
    ? ((error as NodeJS.ErrnoException).code ?? error.name)
    : error.message;
}

interface IngestAnswer {
  readonly accepted?: number;
  readonly rejected?: readonly { readonly reason: string }[];
  readonly detail?: string;
}

function count({ status, body }: HttpAnswer, events: number, tally: Tally): void {
  const answer = parsed(body);
  const rejected = answer.rejected ?? [];
  for (const { reason } of rejected) tally.note(`rejected: ${reason}`, 1);
  tally.rejected += rejected.length;
  if (status === 202) {
    tally.accepted += answer.accepted ?? events - rejected.length;
    return;
  }
  const undelivered = events - rejected.length;
  if (undelivered === 0) return;
  tally.undelivered += undelivered;
  tally.note(`the server answers ${status}: ${answer.detail ?? body.slice(0, 200)}`, undelivered);
}

function parsed(body: string): IngestAnswer {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
