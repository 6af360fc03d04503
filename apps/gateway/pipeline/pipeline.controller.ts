import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import type { PipelineNews } from '#store';

import { Needs } from '../access/declare-access.ts';
import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.ts';
import { CallScope } from '../http/call-scope.ts';
import { sendServerSentEvents, SSE_HEADERS, sseGreeting } from '../http/server-sent-events.ts';
import { StreamPlaces } from '../http/stream-places.ts';
import { DescribeCall } from '../openapi/describe-call.ts';
import { healthJson, healthText } from './health-json.ts';

/** How the processes of the pipeline are, and how much waits in it. */
@ApiTags('operations')
@Controller('api/v1/pipeline')
export class PipelineController {
  private readonly parts: GatewayParts;
  private readonly scope: CallScope;
  private readonly places: StreamPlaces;

  constructor(@Inject(GATEWAY_PARTS) parts: GatewayParts, @Inject(CallScope) scope: CallScope) {
    this.parts = parts;
    this.scope = scope;
    this.places = new StreamPlaces(
      'streams of the pipeline health',
      parts.settings.concurrentHealthStreams,
    );
  }

  @Get('health')
  @Needs('pipeline:read')
  @DescribeCall({
    summary: 'The health of the pipeline',
    description:
      'Every process by its heartbeat, rates, backlog, and what is wrong in `notices`. Also answers while Postgres is away, with what was known last and `stale`.',
    parameters: {},
    by: 'query',
    answer: 'PipelineHealth',
  })
  async health(@Res() reply: FastifyReply): Promise<void> {
    this.scope.begin('pipeline-health', reply);
    await reply
      .status(200)
      .header('content-type', 'application/json; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(JSON.stringify(healthJson(await this.parts.health.current())));
  }

  @Get('health/stream')
  @Needs('pipeline:read')
  @DescribeCall({
    summary: 'Follow the health of the pipeline',
    description:
      'Server-sent events. `health`: the answer of `/api/v1/pipeline/health`, at once and then after changes, at most once a second. `process-joined`, `process-stopped`, `process-died`, `process-returned`: `{"at","process":{"id","kind","host","lastSeen"}}`. `dependency-away`, `dependency-back`: `{"at","dependency","reason"}`. A process that was killed is told within 10 s. A comment at once and every 15 s; after a break the state comes again.',
    parameters: {},
    by: 'query',
    answer: ['text/event-stream'],
  })
  async stream(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { health, settings, telemetry } = this.parts;
    const call = 'pipeline-health-stream';
    const signal = this.scope.beginStream(call, reply);
    if (!(await this.places.take(request, reply, SSE_HEADERS, signal))) return;
    await sendServerSentEvents(reply, {
      call,
      greeting: sseGreeting(),
      events: textOf(health.follow(signal)),
      signal,
      commentMs: settings.sseCommentMs,
      stallMs: settings.sseStallMs,
      telemetry,
    });
  }
}

async function* textOf(source: AsyncGenerator<readonly PipelineNews[]>): AsyncGenerator<string> {
  for await (const news of source) yield healthText(news);
}
