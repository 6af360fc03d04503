import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { InvalidCursorError } from '#search';

import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.ts';
import { Admission } from '../http/admission.ts';
import { CallScope } from '../http/call-scope.ts';
import { Problem } from '../http/problem.ts';
import { sendStream } from '../http/send-stream.ts';
import { readParameters, type ParameterSource } from '../parameters/read-parameters.ts';
import { query } from '../parameters/selection.ts';
import { text } from '../parameters/values.ts';
import { tailCutOff } from '../telemetry.ts';
import { sseFrames } from './sse.ts';
import { cutOffWhenStalled } from './stall-watch.ts';

const LONGEST_POSITION = 200;

export const tailParameters = {
  q: query,
  lastEventId: text({
    maxLength: LONGEST_POSITION,
    description:
      'As the header Last-Event-ID, which wins, for clients that cannot send it with the first request.',
  }),
} as const;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // Tells nginx not to hold events back.
  'x-accel-buffering': 'no',
} as const;

/** Sends events as they become visible, until the client goes away. */
@Injectable()
export class LiveTail {
  private readonly parts: GatewayParts;
  private readonly scope: CallScope;
  private readonly admission: Admission;

  constructor(@Inject(GATEWAY_PARTS) parts: GatewayParts, @Inject(CallScope) scope: CallScope) {
    this.parts = parts;
    this.scope = scope;
    this.admission = new Admission('live tails', {
      running: parts.settings.concurrentTails,
      waiting: 0,
      waitMs: 0,
    });
  }

  async send(source: ParameterSource, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const signal = this.scope.beginStream('tail', reply);
    const position = lastEventId(request);
    const values = readParameters(
      tailParameters,
      position === null ? source : { ...source, lastEventId: position },
      this.parts.clock(),
    );
    if (request.method === 'HEAD') {
      await reply.headers(HEADERS).send();
      return;
    }
    reply.raw.once('close', await this.admission.enter(signal));
    // Its start is settled before the client hears that it is connected: nothing falls in between.
    const tail = await this.parts.search
      .tail(values.q, values.lastEventId, signal)
      .catch(withTailsWords);
    void reply.headers(HEADERS);
    this.watch(reply);
    const frames = sseFrames(tail, this.parts.settings.tailHeartbeatMs);
    await sendStream(reply, untilAborted(frames, signal));
  }

  private watch(reply: FastifyReply): void {
    const { tailStallMs } = this.parts.settings;
    cutOffWhenStalled(reply.raw, tailStallMs, () => {
      this.parts.telemetry.emit(tailCutOff, { seconds: tailStallMs / 1_000 });
    });
  }
}

function lastEventId(request: FastifyRequest): string | null {
  const header = request.headers['last-event-id'];
  return typeof header === 'string' && header !== '' ? header : null;
}

/** A position that is none is a cursor to the search, but not to who sent it. */
function withTailsWords(error: unknown): never {
  if (!(error instanceof InvalidCursorError)) throw error;
  const detail =
    'it is no position of a tail; send the `id` of an event that was received, or leave it out to begin now.';
  throw new Problem(400, 'invalid-cursor', `lastEventId: ${detail}`, {
    errors: [{ field: 'lastEventId', detail }],
  });
}

/** Ends the stream in order, not by an error, when the client or the gateway has gone. */
async function* untilAborted(
  frames: AsyncGenerator<string>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  try {
    yield* frames;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
