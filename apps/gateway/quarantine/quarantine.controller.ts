import {
  Body,
  Controller,
  Delete,
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
import { ApiBody, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { formatTimestamp, type JsonObject } from '#event';

import { Needs } from '../access/declare-access.ts';
import { changedBy } from '../access/request-identity.ts';
import { DEFAULT_BUDGET_MS, limit } from '../calls/common-parameters.ts';
import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.ts';
import { bodyParameters } from '../http/body.ts';
import { CallScope } from '../http/call-scope.ts';
import { notFound, type Problem } from '../http/problem.ts';
import { QueryStringGuard } from '../http/query-string.guard.ts';
import { sendJson } from '../http/send-json.ts';
import { DescribeCall, DescribeProblems } from '../openapi/describe-call.ts';
import { schemaRef } from '../openapi/schemas.ts';
import { readParameters, type ParameterSource } from '../parameters/read-parameters.ts';
import { text } from '../parameters/values.ts';
import { quarantineReplayed } from '../telemetry.ts';
import type { QuarantineEntry } from './quarantined-events.ts';
import { idsWithReason, replayEntries } from './replay-entries.ts';
import { isEntryId, readReplayRequest, type ReplayRequest } from './replay-request.ts';

const listParameters = {
  cursor: text({ maxLength: 200, description: '`nextCursor` of the answer to continue.' }),
  reason: text({ maxLength: 200, description: 'Only entries with this reason.' }),
  limit,
} as const;

const ENTRY_ID = { name: 'id', description: 'Id of an entry.' };

/** What could not be stored: to look at, to send again, to delete. */
@ApiTags('quarantine')
@Controller('api/v1/quarantine')
@UseGuards(QueryStringGuard)
export class QuarantineController {
  private readonly parts: GatewayParts;
  private readonly scope: CallScope;

  constructor(@Inject(GATEWAY_PARTS) parts: GatewayParts, @Inject(CallScope) scope: CallScope) {
    this.parts = parts;
    this.scope = scope;
  }

  @Get()
  @Needs('quarantine:read')
  @DescribeCall({
    summary: 'What could not be stored, newest first',
    parameters: listParameters,
    by: 'query',
    answer: 'QuarantineAnswer',
  })
  async list(@Query() query: ParameterSource, @Res() reply: FastifyReply): Promise<void> {
    this.scope.begin('quarantine', reply);
    const values = readParameters(listParameters, query, this.parts.clock());
    const { entries, nextCursor } = await this.parts.quarantine.list(values);
    await sendJson(reply, { entries: entries.map(entryJson), nextCursor });
  }

  @Get(':id')
  @Needs('quarantine:read')
  @ApiOperation({ summary: 'The bytes of an entry as they were sent' })
  @ApiParam(ENTRY_ID)
  @ApiResponse({
    status: 200,
    description: 'The bytes.',
    content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
  })
  @DescribeProblems({ notFound: true })
  async raw(@Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    this.scope.begin('quarantine-raw', reply);
    const raw = isEntryId(id) ? await this.parts.quarantine.raw(id) : null;
    if (raw === null) throw noEntry(id);
    await reply
      .header('content-type', 'application/octet-stream')
      .header('content-disposition', `attachment; filename="quarantine-${id}"`)
      .header('cache-control', 'no-store')
      .send(raw);
  }

  @Post('replay')
  @Needs('quarantine:write')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Send entries through the normal intake again',
    description:
      'What is accepted leaves the quarantine. Safe to repeat: an entry keeps its batchId and is stored once.',
  })
  @ApiBody({ schema: schemaRef('ReplayRequest') })
  @ApiResponse({
    status: 200,
    description: 'What became of them.',
    content: { 'application/json': { schema: schemaRef('ReplayAnswer') } },
  })
  @DescribeProblems()
  async replay(
    @Body() body: unknown,
    @Req() httpRequest: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const request = readReplayRequest(bodyParameters(body));
    const { quarantine, replay, telemetry } = this.parts;
    const budget = AbortSignal.timeout(DEFAULT_BUDGET_MS);
    const signal = AbortSignal.any([this.scope.begin('quarantine-replay', reply), budget]);
    const ids = request.kind === 'ids' ? request.ids : idsWithReason(quarantine, request.reason);
    // What cannot be noted does not happen; how it ended follows in an entry of its own.
    const target = targetOf(request);
    await this.record(httpRequest, 'quarantine.replay', target, { state: 'begun' });
    const report = await replayEntries(ids, quarantine, replay, signal);
    telemetry.emit(quarantineReplayed, {
      replayed: report.replayed,
      rejected: report.rejected.length,
    });
    await this.record(httpRequest, 'quarantine.replay', target, {
      state: 'done',
      replayed: report.replayed,
      rejected: report.rejected.length,
      unknown: report.unknown.length,
    });
    await sendJson(reply, { ...report, partial: budget.aborted });
  }

  @Delete(':id')
  @Needs('quarantine:write')
  @ApiOperation({ summary: 'Delete an entry for good' })
  @ApiParam(ENTRY_ID)
  @ApiResponse({
    status: 200,
    description: 'It is deleted.',
    content: { 'application/json': { schema: schemaRef('DeleteAnswer') } },
  })
  @DescribeProblems({ notFound: true })
  async delete(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.scope.begin('quarantine-delete', reply);
    const { quarantine } = this.parts;
    if (!isEntryId(id) || (await quarantine.raw(id)) === null) throw noEntry(id);
    await this.record(request, 'quarantine.delete', id, {});
    const deleted = await quarantine.delete(id);
    if (!deleted) throw noEntry(id);
    await sendJson(reply, { deleted });
  }

  private async record(
    request: FastifyRequest,
    action: 'quarantine.replay' | 'quarantine.delete',
    target: string,
    detail: JsonObject,
  ): Promise<void> {
    const { audit } = this.parts.access;
    await audit.record({ ...changedBy(request), action, target, outcome: 'ok', detail });
  }
}

function targetOf(request: ReplayRequest): string {
  if (request.kind === 'reason') return request.reason;
  const { ids } = request;
  return ids.length === 1 ? (ids[0] ?? '') : `${ids.length} entries`;
}

function entryJson({ quarantinedAt, batchId, ...entry }: QuarantineEntry): object {
  return {
    ...entry,
    quarantinedAt: formatTimestamp(quarantinedAt),
    ...(batchId !== null && { batchId }),
  };
}

function noEntry(id: string): Problem {
  return notFound(`The quarantine has no entry ${JSON.stringify(id.slice(0, 40))}.`);
}
