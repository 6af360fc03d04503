import type { FastifyReply } from 'fastify';

import type { Telemetry } from '#telemetry';

import { streamCutOff } from '../telemetry.ts';
import { sendStream } from './send-stream.ts';
import { cutOffWhenStalled } from './stall-watch.ts';

export const SSE_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // Tells nginx not to hold events back.
  'x-accel-buffering': 'no',
} as const;

/** How long a browser waits before it connects again, in ms. */
const RETRY_MS = 1_000;
const COMMENT = ': still here\n\n';

/** The begin of a stream, so that the client knows at once that it is connected. `lines` are added to it. */
export function sseGreeting(...lines: readonly string[]): string {
  return `${[': connected', `retry: ${RETRY_MS}`, ...lines].join('\n')}\n\n`;
}

export interface EventStreamAnswer {
  /** For metrics and log lines. */
  readonly call: string;
  readonly greeting: string;
  /** Text of events, whole ones. */
  readonly events: AsyncGenerator<string>;
  /** Ends the stream in order. */
  readonly signal: AbortSignal;
  /** A comment is sent whenever nothing was for so long: it keeps proxies from closing, and finds out who is gone. */
  readonly commentMs: number;
  /** A client that does not read for so long is cut off; what waits for it is bounded all the while. */
  readonly stallMs: number;
  readonly telemetry: Telemetry;
}

/** Sends server-sent events until the source or the client's interest ends. */
export async function sendServerSentEvents(
  reply: FastifyReply,
  answer: EventStreamAnswer,
): Promise<void> {
  const { call, stallMs, telemetry, signal } = answer;
  void reply.headers(SSE_HEADERS);
  cutOffWhenStalled(reply.raw, stallMs, () => {
    telemetry.emit(streamCutOff, { call, seconds: stallMs / 1_000 });
  });
  await sendStream(reply, untilAborted(withComments(answer), signal));
}

async function* withComments({
  greeting,
  events,
  commentMs,
}: EventStreamAnswer): AsyncGenerator<string> {
  yield greeting;
  let next = events.next();
  try {
    for (;;) {
      const settled = await settledWithin(next, commentMs);
      if (settled === null) {
        yield COMMENT;
        continue;
      }
      if (settled.done === true) return;
      yield settled.value;
      next = events.next();
    }
  } finally {
    await events.return(undefined);
  }
}

/** Ends the stream in order, not by an error, when the client or the gateway has gone. */
async function* untilAborted(
  text: AsyncGenerator<string>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  try {
    yield* text;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** The promise's value, or null when it takes longer. */
async function settledWithin<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, ms, null);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
