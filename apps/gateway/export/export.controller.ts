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
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { formatTimestamp, type JsonObject, type Micros } from '#event';

import { Needs } from '../access/declare-access.ts';
import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.ts';
import { bodyParameters } from '../http/body.ts';
import { QueryStringGuard } from '../http/query-string.guard.ts';
import { DescribeCall } from '../openapi/describe-call.ts';
import { readParameters, type ParameterSource } from '../parameters/read-parameters.ts';
import { checkRange, selection } from '../parameters/selection.ts';
import { choice } from '../parameters/values.ts';
import { columnsParameter } from './chosen-columns.ts';
import { EventStream } from './event-stream.ts';
import { csvText, ndjsonText } from './event-texts.ts';

const FORMATS = {
  csv: { type: 'text/csv; charset=utf-8; header=present', text: csvText },
  ndjson: { type: 'application/x-ndjson; charset=utf-8', text: ndjsonText },
} as const;

const exportParameters = {
  ...selection,
  format: choice({
    of: ['ndjson', 'csv'],
    fallback: 'ndjson',
    description: 'One JSON object per line, or CSV (RFC 4180) with a header line.',
  }),
  columns: columnsParameter,
  order: choice({
    of: ['desc', 'asc'],
    fallback: 'desc',
    description: '`desc` is newest first, `asc` oldest first.',
  }),
} as const;

const description = {
  summary: 'Download everything that matches',
  description:
    'Streamed, without a cap. In CSV a cell that a spreadsheet would take for a formula begins with an apostrophe. A connection that closes before the last chunk means that the answer is not complete.',
  parameters: exportParameters,
  answer: ['application/x-ndjson', 'text/csv'],
} as const;

@ApiTags('search')
@Controller('api/v1')
@UseGuards(QueryStringGuard)
export class ExportController {
  private readonly stream: EventStream;
  private readonly parts: GatewayParts;

  constructor(
    @Inject(EventStream) stream: EventStream,
    @Inject(GATEWAY_PARTS) parts: GatewayParts,
  ) {
    this.stream = stream;
    this.parts = parts;
  }

  @Get('export')
  @Needs('events:export')
  @DescribeCall({ ...description, by: 'query' })
  export(
    @Query() query: ParameterSource,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.send(query, request, reply);
  }

  @Post('export')
  @Needs('events:export')
  @HttpCode(200)
  @DescribeCall({ ...description, by: 'body' })
  exportByPost(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.send(bodyParameters(body), request, reply);
  }

  private async send(
    source: ParameterSource,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const now = this.parts.clock();
    const values = readParameters(exportParameters, source, now);
    checkRange(values.from, values.to);
    const { type, text } = FORMATS[values.format];
    await this.stream.send(request, reply, {
      call: 'export',
      selection: { query: values.q, from: values.from, to: values.to },
      order: values.order,
      asked: askedOf(source),
      headers: {
        'content-type': type,
        'content-disposition': `attachment; filename="${fileName(now, values.format)}"`,
      },
      text: (pages) => text(pages, values.columns),
    });
  }
}

/** The parameters that were given, as they were written: they were checked. */
function askedOf(source: ParameterSource): JsonObject {
  const names = Object.keys(exportParameters);
  const given = names.filter((name) => source[name] !== undefined && source[name] !== '');
  return Object.fromEntries(given.map((name) => [name, String(source[name])]));
}

function fileName(now: Micros, extension: string): string {
  return `penstock-${formatTimestamp(now).slice(0, 19).replaceAll(':', '-')}Z.${extension}`;
}
