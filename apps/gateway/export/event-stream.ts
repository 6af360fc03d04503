import { randomUUID } from 'node:crypto';

import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import type { JsonObject, StoredEvent } from '#event';
import type { Order, Selection } from '#search';

import { changedBy, identityOf } from '../access/request-identity.ts';
import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.ts';
import { CallScope } from '../http/call-scope.ts';
import { sendStream, startedSource } from '../http/send-stream.ts';
import { StreamPlaces } from '../http/stream-places.ts';
import { unexpectedError } from '../telemetry.ts';

/** How events of any number are sent. */
export interface StreamedAnswer {
  /** For metrics and log lines. */
  readonly call: string;
  readonly selection: Selection;
  readonly order: Order;
  readonly headers: Readonly<Record<string, string>>;
  /** What is asked, for the audit log. */
  readonly asked: JsonObject;
  readonly text: (pages: AsyncIterable<readonly StoredEvent[]>) => AsyncGenerator<string>;
}

/** Sends everything that a selection matches, with back-pressure and without a cap. */
@Injectable()
export class EventStream {
  private readonly parts: GatewayParts;
  private readonly scope: CallScope;
  private readonly places: StreamPlaces;

  constructor(@Inject(GATEWAY_PARTS) parts: GatewayParts, @Inject(CallScope) scope: CallScope) {
    this.parts = parts;
    this.scope = scope;
    this.places = new StreamPlaces('exports', parts.settings.concurrentExports);
  }

  async send(request: FastifyRequest, reply: FastifyReply, answer: StreamedAnswer): Promise<void> {
    const signal = this.scope.beginStream(answer.call, reply);
    const headers = { ...answer.headers, 'cache-control': 'no-store' };
    if (!(await this.places.take(request, reply, headers, signal))) return;
    const { selection, order } = answer;
    // Nothing leaves unnoticed: without the entry there is no answer.
    await this.parts.access.audit.record({
      ...changedBy(request),
      action: 'events.export',
      target: answer.call,
      outcome: 'ok',
      detail: answer.asked,
    });
    const search = this.parts.search.of(identityOf(request));
    const pages = await startedSource(reply, search.export(selection, order, signal));
    void reply.headers(headers);
    await sendStream(reply, answer.text(this.logged(answer.call, pages, signal)));
  }

  /** A failure midway cannot become an error status any more; it breaks the stream and is logged. */
  private async *logged(
    call: string,
    pages: AsyncIterable<readonly StoredEvent[]>,
    signal: AbortSignal,
  ): AsyncGenerator<readonly StoredEvent[]> {
    try {
      yield* pages;
    } catch (error) {
      if (!signal.aborted) {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        this.parts.telemetry.emit(unexpectedError, { id: randomUUID(), call, error: text });
      }
      throw error;
    }
  }
}
