import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { identityOf } from '../access/request-identity.ts';
import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.ts';
import { Admission } from '../http/admission.ts';
import { CallScope } from '../http/call-scope.ts';
import type { ParameterSet } from '../parameters/parameter.ts';
import { readParameters, type ParameterSource } from '../parameters/read-parameters.ts';
import type { ReadCall } from './read-call.ts';

/** Runs reading calls: validates, waits for its turn, answers JSON. */
@Injectable()
export class ReadCalls {
  private readonly parts: GatewayParts;
  private readonly scope: CallScope;
  private readonly admission: Admission;

  constructor(@Inject(GATEWAY_PARTS) parts: GatewayParts, @Inject(CallScope) scope: CallScope) {
    this.parts = parts;
    this.scope = scope;
    this.admission = new Admission('searches', {
      running: parts.settings.concurrentReads,
      waiting: parts.settings.waitingReads,
      waitMs: parts.settings.readWaitMs,
    });
  }

  async answer<S extends ParameterSet>(
    call: ReadCall<S>,
    source: ParameterSource,
    reply: FastifyReply,
  ): Promise<void> {
    const signal = this.scope.begin(call.name, reply);
    const values = readParameters(call.parameters, source, this.parts.clock());
    const search = this.parts.search.of(identityOf(reply.request));
    const json = await this.admission.run(signal, () => call.run(values, { search, signal }));
    await reply
      .status(200)
      .header('content-type', 'application/json; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(json);
  }
}
