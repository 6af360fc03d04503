import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  Put,
  Req,
  Res,
} from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { MOST_INGEST_TOKENS, type IssuedToken, type TokenToKeep } from '#access';

import { Needs } from '../access/declare-access.ts';
import { changedBy } from '../access/request-identity.ts';
import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.ts';
import { bodyParameters } from '../http/body.ts';
import { CallScope } from '../http/call-scope.ts';
import { invalidParameters, notFound, Problem } from '../http/problem.ts';
import { sendJson } from '../http/send-json.ts';
import { DescribeCall } from '../openapi/describe-call.ts';
import { readParameters } from '../parameters/read-parameters.ts';
import { tokenJson } from './token-json.ts';
import { rotationParameters, tokenParameters, tokenToKeep } from './token-parameters.ts';

const TOKEN_ID = { name: 'id', description: 'Id of a token.' };

/** Tokens of those who send logs, for admins. */
@ApiTags('access')
@Controller('api/v1/tokens')
export class TokensController {
  private readonly parts: GatewayParts;
  private readonly scope: CallScope;

  constructor(@Inject(GATEWAY_PARTS) parts: GatewayParts, @Inject(CallScope) scope: CallScope) {
    this.parts = parts;
    this.scope = scope;
  }

  @Get()
  @Needs('tokens:read')
  @DescribeCall({
    summary: 'The ingest tokens, by name, with what they sent today',
    description: 'Tokens of the environment (INGEST_TOKEN) are not among them.',
    parameters: {},
    by: 'query',
    answer: 'IngestTokensAnswer',
  })
  async list(@Res() reply: FastifyReply): Promise<void> {
    this.scope.begin('tokens', reply);
    const tokens = await this.parts.tokens.list();
    const now = this.parts.clock();
    await sendJson(reply, { tokens: tokens.map((token) => tokenJson(token, now)) });
  }

  @Post()
  @HttpCode(200)
  @Needs('tokens:write')
  @DescribeCall({
    summary: 'Make an ingest token',
    description:
      'The answer is the only one that holds the token itself. Ingest accepts it about a second later.',
    parameters: tokenParameters,
    by: 'body',
    answer: 'IssuedTokenAnswer',
    problems: { 409: `Another token has the name, or there are ${MOST_INGEST_TOKENS}.` },
  })
  async create(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.scope.begin('tokens-create', reply);
    const outcome = await this.parts.tokens.create(this.read(body), changedBy(request));
    if (outcome.kind !== 'issued') throw refusal(outcome.kind);
    await this.sendIssued(reply, outcome);
  }

  @Put(':id')
  @Needs('tokens:write')
  @ApiParam(TOKEN_ID)
  @DescribeCall({
    summary: 'Put another name, other services and limits in the place of those of a token',
    description: 'What is absent is no limit. The token itself stays as it is.',
    parameters: tokenParameters,
    by: 'body',
    answer: 'IngestToken',
    notFound: true,
    problems: { 409: 'Another token has the name.' },
  })
  async change(
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.scope.begin('tokens-change', reply);
    const outcome = await this.parts.tokens.change(id, this.read(body), changedBy(request));
    if (outcome.kind !== 'kept') throw refusal(outcome.kind);
    await sendJson(reply, tokenJson(outcome.token, this.parts.clock()));
  }

  @Post(':id/rotate')
  @HttpCode(200)
  @Needs('tokens:write')
  @ApiParam(TOKEN_ID)
  @DescribeCall({
    summary: 'Give a token a new secret',
    description: 'The answer is the only one that holds it. The id stays.',
    parameters: rotationParameters,
    by: 'body',
    answer: 'IssuedTokenAnswer',
    notFound: true,
  })
  async rotate(
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.scope.begin('tokens-rotate', reply);
    const values = readParameters(rotationParameters, bodyParameters(body), this.parts.clock());
    const issued = await this.parts.tokens.rotate(id, values.graceSeconds, changedBy(request));
    if (issued === null) throw refusal('absent');
    await this.sendIssued(reply, issued);
  }

  @Delete(':id')
  @Needs('tokens:write')
  @ApiParam(TOKEN_ID)
  @DescribeCall({
    summary: 'Revoke a token',
    description: 'Ingest refuses it within seconds.',
    parameters: {},
    by: 'query',
    answer: 'DeleteAnswer',
    notFound: true,
  })
  async revoke(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.scope.begin('tokens-revoke', reply);
    if (!(await this.parts.tokens.revoke(id, changedBy(request)))) throw refusal('absent');
    await sendJson(reply, { deleted: true });
  }

  private read(body: unknown): TokenToKeep {
    const values = readParameters(tokenParameters, bodyParameters(body), this.parts.clock());
    if (values.burst !== null && values.eventsPerSecond === null) {
      throw invalidParameters([
        { field: 'burst', detail: 'it says nothing without eventsPerSecond; send both.' },
      ]);
    }
    return tokenToKeep(values);
  }

  private async sendIssued(reply: FastifyReply, { token, text }: IssuedToken): Promise<void> {
    await sendJson(reply, { token: tokenJson(token, this.parts.clock()), text });
  }
}

function refusal(kind: 'absent' | 'name-taken' | 'full'): Problem {
  switch (kind) {
    case 'absent':
      return notFound('There is no ingest token of this id.');
    case 'name-taken':
      return new Problem(409, 'name-taken', 'Another token has this name.');
    case 'full':
      return new Problem(
        409,
        'too-many-tokens',
        `There are ${MOST_INGEST_TOKENS} tokens; revoke one first.`,
      );
  }
}
