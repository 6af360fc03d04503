import {
  Body,
  Controller,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Req,
  Res,
  UseGuards,
} from '@nestjs/common';
import { ApiBody, ApiExcludeEndpoint, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import type { JsonObject, JsonValue } from '#event';
import type { Query as LogQuery } from '#query';

import { Needs } from '../access/declare-access.ts';
import { EventStream } from '../export/event-stream.ts';
import { logsJsonText } from '../export/event-texts.ts';
import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.ts';
import { jsonBody } from '../http/body.ts';
import { noSuchCall } from '../http/problem.ts';
import { QueryStringGuard } from '../http/query-string.guard.ts';
import { DescribeCall, DescribeProblems } from '../openapi/describe-call.ts';
import { schemaRef } from '../openapi/schemas.ts';
import { readParameters, type ParameterSource } from '../parameters/read-parameters.ts';
import { filterQuery } from './filter-query.ts';
import { retrieveParameters, retrieveQuery } from './retrieve-query.ts';

/** The calls of earlier log ingestors: everything that matches, newest first, streamed without a cap. */
@ApiTags('logs')
@Controller('logs')
@UseGuards(QueryStringGuard)
export class LogsController {
  private readonly stream: EventStream;
  private readonly parts: GatewayParts;

  constructor(
    @Inject(EventStream) stream: EventStream,
    @Inject(GATEWAY_PARTS) parts: GatewayParts,
  ) {
    this.stream = stream;
    this.parts = parts;
  }

  @Post('filter')
  @Needs('events:export')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Everything that one filter, or all of several, match',
    description:
      'Newest first. `equals` and `contains` ignore case; the ends of a `range` are inclusive.',
  })
  @ApiBody({
    schema: {
      oneOf: [schemaRef('Filter'), { type: 'array', items: schemaRef('Filter'), maxItems: 100 }],
    },
  })
  @ApiResponse({
    status: 200,
    description: 'The answer.',
    content: { 'application/json': { schema: schemaRef('LogsAnswer') } },
  })
  @DescribeProblems()
  filter(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const filters = jsonBody(body);
    const query = filterQuery(filters, this.parts.clock());
    // They were checked: filters are JSON.
    return this.send('filter', { query, asked: { filters: filters as JsonValue } }, request, reply);
  }

  /** The same call with a slash at its end. */
  @Post('filter/*')
  @Needs('events:export')
  @HttpCode(200)
  @ApiExcludeEndpoint()
  filterWithSlash(
    @Param('*') rest: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (rest !== '') throw noSuchCall(request);
    return this.filter(body, request, reply);
  }

  @Get('retrieve')
  @Needs('events:export')
  @DescribeCall({
    summary: 'Everything of a range and a level',
    description: 'Newest first; both ends of the range are inclusive.',
    parameters: retrieveParameters,
    by: 'query',
    answer: 'LogsAnswer',
  })
  retrieve(
    @Query() source: ParameterSource,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const values = readParameters(retrieveParameters, source, this.parts.clock());
    const query = retrieveQuery(values);
    // Of each at most one text, for they were checked.
    const asked = { ...source } as JsonObject;
    return this.send('retrieve', { query, asked }, request, reply);
  }

  /** The same call with a slash at its end. */
  @Get('retrieve/*')
  @Needs('events:export')
  @ApiExcludeEndpoint()
  retrieveWithSlash(
    @Param('*') rest: string,
    @Query() source: ParameterSource,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (rest !== '') throw noSuchCall(request);
    return this.retrieve(source, request, reply);
  }

  private send(
    call: string,
    { query, asked }: { readonly query: LogQuery; readonly asked: JsonObject },
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    return this.stream.send(request, reply, {
      call,
      selection: { query, from: null, to: null },
      order: 'desc',
      asked,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      text: logsJsonText,
    });
  }
}
