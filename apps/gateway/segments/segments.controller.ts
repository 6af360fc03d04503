import { Controller, Get, Inject, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { Needs } from '../access/declare-access.ts';
import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.ts';
import { CallScope } from '../http/call-scope.ts';
import { sendJson } from '../http/send-json.ts';
import { DescribeCall } from '../openapi/describe-call.ts';
import type { ParameterSource } from '../parameters/read-parameters.ts';
import { readParameters } from '../parameters/read-parameters.ts';
import { checkRange, selection } from '../parameters/selection.ts';
import { MOST_STRETCHES, segmentsJson } from './segments-json.ts';

const range = { from: selection.from, to: selection.to } as const;

/** What is stored where, and what it takes. Not for those who are limited to services: it is not cut by service. */
@ApiTags('operations')
@Controller('api/v1/segments')
export class SegmentsController {
  private readonly parts: GatewayParts;
  private readonly scope: CallScope;

  constructor(@Inject(GATEWAY_PARTS) parts: GatewayParts, @Inject(CallScope) scope: CallScope) {
    this.parts = parts;
    this.scope = scope;
  }

  @Get()
  @Needs('pipeline:read')
  @DescribeCall({
    summary: 'Where the events of each day lie, and what they take',
    description: `Stretches of time that touch the range, newest first, at most ${MOST_STRETCHES}: days, or hours, or parts of months, as the partitions are. Not for those who are limited to services.`,
    parameters: range,
    by: 'query',
    answer: 'SegmentsAnswer',
  })
  async list(@Query() query: ParameterSource, @Res() reply: FastifyReply): Promise<void> {
    this.scope.begin('segments', reply);
    const { from, to } = readParameters(range, query, this.parts.clock());
    checkRange(from, to);
    await sendJson(reply, segmentsJson(await this.parts.segments({ from, to })));
  }
}
