import { Body, Controller, Delete, Get, Inject, Param, Put, Req, Res } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { actorOf } from '#access';

import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.ts';
import { Admission } from '../http/admission.ts';
import { bodyParameters } from '../http/body.ts';
import { CallScope } from '../http/call-scope.ts';
import { notFound, Problem } from '../http/problem.ts';
import { sendJson } from '../http/send-json.ts';
import { DescribeCall } from '../openapi/describe-call.ts';
import { readParameters } from '../parameters/read-parameters.ts';
import { accountSessionJson } from './account-json.ts';
import { AccountsAccess } from './accounts-access.ts';
import { Needs } from './declare-access.ts';
import { authenticationOf, changedBy } from './request-identity.ts';
import { checkPassword, newPassword, presentPassword } from './user-parameters.ts';

const passwordParameters = {
  password: { ...presentPassword, description: 'The present password.' },
  newPassword,
} as const;

const OFF = { 409: 'Access control is off.' } as const;

/** What users do with their own account. */
@ApiTags('access')
@Controller('api/v1/account')
export class AccountController {
  private readonly parts: GatewayParts;
  private readonly scope: CallScope;
  private readonly accounts: AccountsAccess;
  private readonly changes = new Admission('changes of passwords', {
    running: 1,
    waiting: 8,
    waitMs: 10_000,
  });

  constructor(
    @Inject(GATEWAY_PARTS) parts: GatewayParts,
    @Inject(CallScope) scope: CallScope,
    @Inject(AccountsAccess) accounts: AccountsAccess,
  ) {
    this.parts = parts;
    this.scope = scope;
    this.accounts = accounts;
  }

  @Put('password')
  @Needs('account:write')
  @DescribeCall({
    summary: 'Change one’s own password',
    description: 'Ends all other sessions of the user.',
    parameters: passwordParameters,
    by: 'body',
    answer: 'ChangedAnswer',
    problems: { ...OFF, 403: 'The present password is another; or the CSRF token is missing.' },
  })
  async changePassword(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const signal = this.scope.begin('account-password', reply);
    const { users } = this.accounts.on;
    const { identity, sessionId } = authenticationOf(request);
    const values = readParameters(passwordParameters, bodyParameters(body), this.parts.clock());
    checkPassword('newPassword', values.newPassword, identity.name);
    const passwords = { present: values.password, next: values.newPassword };
    const changed = await this.changes.run(signal, () =>
      users.changeOwnPassword(identity.id, passwords, sessionId, changedBy(request)),
    );
    if (!changed) throw new Problem(403, 'wrong-password', 'The present password is another.');
    await sendJson(reply, { changed });
  }

  @Get('sessions')
  @Needs('account:write')
  @DescribeCall({
    summary: 'Where one is logged in',
    parameters: {},
    by: 'query',
    answer: 'AccountSessionsAnswer',
    problems: OFF,
  })
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.scope.begin('account-sessions', reply);
    const { identity, sessionId } = authenticationOf(request);
    const sessions = await this.accounts.on.sessions.list(identity.id);
    await sendJson(reply, {
      sessions: sessions.map((session) => accountSessionJson(session, sessionId)),
    });
  }

  @Delete('sessions')
  @Needs('account:write')
  @DescribeCall({
    summary: 'Log out everywhere else',
    parameters: {},
    by: 'query',
    answer: 'RevokedAnswer',
    problems: OFF,
  })
  async revokeOthers(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.scope.begin('account-sessions-revoke-others', reply);
    const { identity, sessionId } = authenticationOf(request);
    const revoked = await this.accounts.on.sessions.revokeAll(identity.id, sessionId);
    await this.record(request, { sessions: revoked });
    await sendJson(reply, { revoked });
  }

  @Delete('sessions/:id')
  @Needs('account:write')
  @ApiParam({ name: 'id', description: 'Id of a session.' })
  @DescribeCall({
    summary: 'Log out in one place',
    parameters: {},
    by: 'query',
    answer: 'RevokedAnswer',
    notFound: true,
    problems: OFF,
  })
  async revoke(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.scope.begin('account-sessions-revoke', reply);
    const { identity } = authenticationOf(request);
    const found = await this.accounts.on.sessions.revoke(identity.id, id);
    if (!found) throw notFound('You have no session of this id.');
    await this.record(request, { sessions: 1 });
    await sendJson(reply, { revoked: 1 });
  }

  private async record(request: FastifyRequest, detail: { sessions: number }): Promise<void> {
    const { identity } = authenticationOf(request);
    await this.parts.access.audit.record({
      actor: actorOf(identity),
      action: 'session.revoke',
      target: identity.name,
      address: request.ip,
      outcome: 'ok',
      detail,
    });
  }
}
