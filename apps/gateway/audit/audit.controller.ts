import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import type { AuditSearch, AuditTrail, StoredAuditEntry } from '#access';
import { formatTimestamp } from '#event';

import { Needs } from '../access/declare-access.ts';
import { changedBy } from '../access/request-identity.ts';
import { limit } from '../calls/common-parameters.ts';
import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.ts';
import { CallScope } from '../http/call-scope.ts';
import { sendJson } from '../http/send-json.ts';
import { sendStream, startedSource } from '../http/send-stream.ts';
import { StreamPlaces } from '../http/stream-places.ts';
import { DescribeCall } from '../openapi/describe-call.ts';
import { readParameters, type ParameterSource } from '../parameters/read-parameters.ts';
import { text } from '../parameters/values.ts';
import { auditParameters, auditSearch } from './audit-parameters.ts';

const listParameters = {
  ...auditParameters,
  cursor: text({ maxLength: 40, description: '`nextCursor` of the answer to continue.' }),
  limit,
} as const;

/** Entries that are read at once for a download. */
const PAGE = 1_000;

const DOWNLOADS = 2;

const NDJSON = {
  'content-type': 'application/x-ndjson; charset=utf-8',
  'content-disposition': 'attachment; filename="penstock-audit.ndjson"',
  'cache-control': 'no-store',
} as const;

/** What people did. */
@ApiTags('access')
@Controller('api/v1/audit')
export class AuditController {
  private readonly parts: GatewayParts;
  private readonly scope: CallScope;
  private readonly places = new StreamPlaces('downloads of the audit log', DOWNLOADS);

  constructor(@Inject(GATEWAY_PARTS) parts: GatewayParts, @Inject(CallScope) scope: CallScope) {
    this.parts = parts;
    this.scope = scope;
  }

  @Get()
  @Needs('audit:read')
  @DescribeCall({
    summary: 'What people did, newest first',
    parameters: listParameters,
    by: 'query',
    answer: 'AuditAnswer',
  })
  async list(@Query() source: ParameterSource, @Res() reply: FastifyReply): Promise<void> {
    this.scope.begin('audit', reply);
    const values = readParameters(listParameters, source, this.parts.clock());
    const { cursor, limit: most } = values;
    const page = await this.parts.access.audit.find(auditSearch(values), cursor, most);
    await sendJson(reply, { entries: page.entries.map(entryJson), nextCursor: page.nextCursor });
  }

  @Get('export')
  @Needs('audit:read')
  @DescribeCall({
    summary: 'Download what people did',
    description: 'One JSON object per line, newest first, without a cap.',
    parameters: auditParameters,
    by: 'query',
    answer: ['application/x-ndjson'],
  })
  async export(
    @Query() source: ParameterSource,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const signal = this.scope.beginStream('audit-export', reply);
    const search = auditSearch(readParameters(auditParameters, source, this.parts.clock()));
    if (!(await this.places.take(request, reply, NDJSON, signal))) return;
    const { audit } = this.parts.access;
    await audit.record({
      ...changedBy(request),
      action: 'audit.export',
      target: null,
      outcome: 'ok',
      detail: { ...(search.text !== null && { q: search.text }) },
    });
    const lines = await startedSource(reply, linesOf(audit, search, signal));
    void reply.headers(NDJSON);
    await sendStream(reply, lines);
  }
}

async function* linesOf(
  audit: AuditTrail,
  search: AuditSearch,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let cursor: string | null = null;
  do {
    signal.throwIfAborted();
    const { entries, nextCursor } = await audit.find(search, cursor, PAGE);
    yield entries.map((entry) => `${JSON.stringify(entryJson(entry))}\n`).join('');
    cursor = nextCursor;
  } while (cursor !== null);
}

function entryJson({ at, ...entry }: StoredAuditEntry): object {
  return { ...entry, at: formatTimestamp(at) };
}
