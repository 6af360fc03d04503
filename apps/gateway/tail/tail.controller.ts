import {
  Body,
  Controller,
  Get,
  HttpCode,
  Inject,
  Post,
  Query,
  Req,
  Res,
  UseGuards,
} from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Needs } from '../access/declare-access.ts';
import { bodyParameters } from '../http/body.ts';
import { QueryStringGuard } from '../http/query-string.guard.ts';
import { DescribeCall } from '../openapi/describe-call.ts';
import type { ParameterSource } from '../parameters/read-parameters.ts';
import { LiveTail, tailParameters } from './live-tail.ts';

const tail = {
  summary: 'Follow the events that match as they are stored',
  description:
    'Server-sent events. `id:` is the position to resume after, `data:` one hit as JSON. A comment at once and every 15 s.',
  parameters: tailParameters,
  answer: ['text/event-stream'],
} as const;

const LAST_EVENT_ID = {
  name: 'Last-Event-ID',
  required: false,
  description: 'Resumes after this position; browsers send it by themselves.',
};

@ApiTags('search')
@Controller('api/v1')
@UseGuards(QueryStringGuard)
export class TailController {
  private readonly liveTail: LiveTail;

  constructor(@Inject(LiveTail) liveTail: LiveTail) {
    this.liveTail = liveTail;
  }

  @Get('tail')
  @Needs('events:read')
  @ApiHeader(LAST_EVENT_ID)
  @DescribeCall({ ...tail, by: 'query' })
  tail(
    @Query() query: ParameterSource,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.liveTail.send(query, request, reply);
  }

  @Post('tail')
  @Needs('events:read')
  @HttpCode(200)
  @ApiHeader(LAST_EVENT_ID)
  @DescribeCall({ ...tail, by: 'body' })
  tailByPost(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.liveTail.send(bodyParameters(body), request, reply);
  }
}
