import { performance } from 'node:perf_hooks';

import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { identitySignal } from '../access/identity-watch.ts';
import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.ts';
import { answered } from '../telemetry.ts';
import { unavailable } from './problem.ts';
import { requestSignal } from './request-signal.ts';

const CLIENT_GONE = 499;

/** Watches over each call: counts its answer, and ends its work when the client goes away or the gateway stops. */
@Injectable()
export class CallScope implements OnModuleDestroy {
  private readonly parts: GatewayParts;
  private readonly stopping = new AbortController();

  constructor(@Inject(GATEWAY_PARTS) parts: GatewayParts) {
    this.parts = parts;
  }

  /** Ends streams, which would otherwise keep the server open. */
  onModuleDestroy(): void {
    this.stopping.abort(unavailable('shutting-down', 'The gateway stops. Try again soon.', 2));
  }

  /** Begins a call; the signal ends with the client's interest in it. */
  begin(call: string, reply: FastifyReply): AbortSignal {
    const start = performance.now();
    reply.raw.once('close', () => {
      this.parts.telemetry.emit(answered, {
        call,
        status: reply.raw.writableFinished ? reply.raw.statusCode : CLIENT_GONE,
        seconds: (performance.now() - start) / 1_000,
      });
    });
    return requestSignal(reply);
  }

  /**
   * As `begin`, for an answer without a natural end or of any length: it ends too when whoever asked may have it no more.
   */
  beginStream(call: string, reply: FastifyReply): AbortSignal {
    const { access, settings } = this.parts;
    const allowed = identitySignal(access, reply, settings.identityCheckMs);
    return AbortSignal.any([this.begin(call, reply), this.stopping.signal, allowed]);
  }
}
