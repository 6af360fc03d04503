import { randomUUID } from 'node:crypto';

import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import type { StoredEvent } from '#event';
import type { Order, Selection } from '#search';

import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.ts';
import { Admission } from '../http/admission.ts';
import { CallScope } from '../http/call-scope.ts';
import { sendStream, startedSource } from '../http/send-stream.ts';
import { unexpectedError } from '../telemetry.ts';

/** How events of any number are sent. */
export interface StreamedAnswer {
  /** For metrics and log lines. */
  readonly call: string;
  readonly selection: Selection;
  readonly order: Order;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: (pages: AsyncIterable<readonly StoredEvent[]>) => AsyncGenerator<string>;
}

/** Sends everything that a selection matches, with back-pressure and without a cap. */
@Injectable()
export class EventStream {
  private readonly parts: GatewayParts;
  private readonly scope: CallScope;
  private readonly admission: Admission;

  constructor(@Inject(GATEWAY_PARTS) parts: GatewayParts, @Inject(CallScope) scope: CallScope) {
    this.parts = parts;
    this.scope = scope;
    this.admission = new Admission('exports', {
      running: parts.settings.concurrentExports,
      waiting: 0,
      waitMs: 0,
    });
  }

  async send(request: FastifyRequest, reply: FastifyReply, answer: StreamedAnswer): Promise<void> {
    const signal = this.scope.beginStream(answer.call, reply);
    const headers = { ...answer.headers, 'cache-control': 'no-store' };
    if (request.method === 'HEAD') {
      await reply.headers(headers).send();
      return;
    }
    const release = await this.admission.enter(signal);
    reply.raw.once('close', release);
    const { selection, order } = answer;
    let pages: AsyncGenerator<readonly StoredEvent[]>;
    try {
      pages = await startedSource(reply, this.parts.search.export(selection, order, signal));
    } catch (error) {
      release();
      throw error;
    }
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
