import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { InvalidCursorError } from '#search';

import { identityOf } from '../access/request-identity.ts';
import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.ts';
import { CallScope } from '../http/call-scope.ts';
import { Problem } from '../http/problem.ts';
import { sendServerSentEvents, SSE_HEADERS, sseGreeting } from '../http/server-sent-events.ts';
import { StreamPlaces } from '../http/stream-places.ts';
import { readParameters, type ParameterSource } from '../parameters/read-parameters.ts';
import { query } from '../parameters/selection.ts';
import { text } from '../parameters/values.ts';
import { tailText } from './sse.ts';

const LONGEST_POSITION = 200;

export const tailParameters = {
  q: query,
  lastEventId: text({
    maxLength: LONGEST_POSITION,
    description:
      'As the header Last-Event-ID, which wins, for clients that cannot send it with the first request.',
  }),
} as const;

/** Sends events as they become visible, until the client goes away. */
@Injectable()
export class LiveTail {
  private readonly parts: GatewayParts;
  private readonly scope: CallScope;
  private readonly places: StreamPlaces;

  constructor(@Inject(GATEWAY_PARTS) parts: GatewayParts, @Inject(CallScope) scope: CallScope) {
    this.parts = parts;
    this.scope = scope;
    this.places = new StreamPlaces('live tails', parts.settings.concurrentTails);
  }

  async send(source: ParameterSource, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const signal = this.scope.beginStream('tail', reply);
    const position = lastEventId(request);
    const values = readParameters(
      tailParameters,
      position === null ? source : { ...source, lastEventId: position },
      this.parts.clock(),
    );
    if (!(await this.places.take(request, reply, SSE_HEADERS, signal))) return;
    // Its start is settled before the client hears that it is connected: nothing falls in between.
    const tail = await this.parts.search
      .of(identityOf(request))
      .tail(values.q, values.lastEventId, signal)
      .catch(withTailsWords);
    const { sseCommentMs, sseStallMs } = this.parts.settings;
    await sendServerSentEvents(reply, {
      call: 'tail',
      // Whoever is cut off before the first event resumes here.
      greeting: sseGreeting(`id: ${tail.start}`),
      events: tailText(tail),
      signal,
      commentMs: sseCommentMs,
      stallMs: sseStallMs,
      telemetry: this.parts.telemetry,
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
