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

import { MOST_USERS, type User, type UserOutcome } from '#access';

import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.ts';
import { bodyParameters } from '../http/body.ts';
import { CallScope } from '../http/call-scope.ts';
import { notFound, Problem } from '../http/problem.ts';
import { sendJson } from '../http/send-json.ts';
import { DescribeCall } from '../openapi/describe-call.ts';
import { readParameters } from '../parameters/read-parameters.ts';
import { accountSessionJson, userJson } from './account-json.ts';
import { AccountsAccess } from './accounts-access.ts';
import { Needs } from './declare-access.ts';
import { authenticationOf, changedBy } from './request-identity.ts';
import {
  checkPassword,
  disabled,
  newPassword,
  optionalNewPassword,
  optionalRole,
  role,
  services,
  userName,
} from './user-parameters.ts';

const addParameters = { name: userName, role, services, disabled, password: newPassword } as const;

const changeParameters = {
  role: optionalRole,
  services,
  disabled,
  password: optionalNewPassword,
} as const;

const USER_ID = { name: 'id', description: 'Id of a user.' };
const OFF = 'Access control is off.';
const OFF_ONLY = { 409: OFF } as const;

/** The accounts, for admins. */
@ApiTags('access')
@Controller('api/v1/users')
export class UsersController {
  private readonly parts: GatewayParts;
  private readonly scope: CallScope;
  private readonly accounts: AccountsAccess;

  constructor(
    @Inject(GATEWAY_PARTS) parts: GatewayParts,
    @Inject(CallScope) scope: CallScope,
    @Inject(AccountsAccess) accounts: AccountsAccess,
  ) {
    this.parts = parts;
    this.scope = scope;
    this.accounts = accounts;
  }

  @Get()
  @Needs('users:read')
  @DescribeCall({
    summary: 'The users, by name',
    parameters: {},
    by: 'query',
    answer: 'UsersAnswer',
    problems: OFF_ONLY,
  })
  async list(@Res() reply: FastifyReply): Promise<void> {
    this.scope.begin('users', reply);
    const users = await this.accounts.on.users.list();
    await sendJson(reply, { users: users.map(userJson) });
  }

  @Post()
  @HttpCode(200)
  @Needs('users:write')
  @DescribeCall({
    summary: 'Add a user',
    parameters: addParameters,
    by: 'body',
    answer: 'User',
    problems: { 409: `Another user has the name, or there are ${MOST_USERS}. ${OFF}` },
  })
  async add(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.scope.begin('users-add', reply);
    const { users } = this.accounts.on;
    const values = readParameters(addParameters, bodyParameters(body), this.parts.clock());
    checkPassword('password', values.password, values.name);
    const user = {
      ...values,
      services: values.services ?? null,
      disabled: values.disabled ?? false,
    };
    await sendJson(reply, userJson(saved(await users.add(user, changedBy(request)))));
  }

  @Put(':id')
  @Needs('users:write')
  @ApiParam(USER_ID)
  @DescribeCall({
    summary: 'Change a user',
    description:
      'What is absent stays as it is. A change of role, services or password, and disabling, ends the user’s sessions.',
    parameters: changeParameters,
    by: 'body',
    answer: 'User',
    notFound: true,
    problems: { 409: `The last admin stays one; an admin has no limit. ${OFF}` },
  })
  async change(
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.scope.begin('users-change', reply);
    const { users } = this.accounts.on;
    const change = readParameters(changeParameters, bodyParameters(body), this.parts.clock());
    if (change.password !== undefined) {
      checkPassword('password', change.password, (await this.find(id)).name);
    }
    await sendJson(reply, userJson(saved(await users.change(id, change, changedBy(request)))));
  }

  @Delete(':id')
  @Needs('users:write')
  @ApiParam(USER_ID)
  @DescribeCall({
    summary: 'Delete a user',
    description: 'With the user’s sessions and private searches; shared ones stay.',
    parameters: {},
    by: 'query',
    answer: 'DeleteAnswer',
    notFound: true,
    problems: { 409: `The last admin stays. ${OFF}` },
  })
  async delete(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.scope.begin('users-delete', reply);
    const outcome = await this.accounts.on.users.delete(id, changedBy(request));
    if (outcome === 'absent') throw noUser();
    if (outcome === 'last-admin') throw lastAdmin();
    await sendJson(reply, { deleted: true });
  }

  @Get(':id/sessions')
  @Needs('users:read')
  @ApiParam(USER_ID)
  @DescribeCall({
    summary: 'Where a user is logged in',
    parameters: {},
    by: 'query',
    answer: 'AccountSessionsAnswer',
    notFound: true,
    problems: OFF_ONLY,
  })
  async sessions(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.scope.begin('users-sessions', reply);
    const user = await this.find(id);
    const { sessionId } = authenticationOf(request);
    const sessions = await this.accounts.on.sessions.list(user.id);
    await sendJson(reply, {
      sessions: sessions.map((session) => accountSessionJson(session, sessionId)),
    });
  }

  @Delete(':id/sessions')
  @Needs('users:write')
  @ApiParam(USER_ID)
  @DescribeCall({
    summary: 'Log a user out everywhere',
    parameters: {},
    by: 'query',
    answer: 'RevokedAnswer',
    notFound: true,
    problems: OFF_ONLY,
  })
  async revoke(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.scope.begin('users-sessions-revoke', reply);
    const { sessions, audit } = this.accounts.on;
    const user = await this.find(id);
    const revoked = await sessions.revokeAll(user.id);
    await audit.record({
      ...changedBy(request),
      action: 'session.revoke',
      target: user.name,
      outcome: 'ok',
      detail: { sessions: revoked },
    });
    await sendJson(reply, { revoked });
  }

  private async find(id: string): Promise<User> {
    const user = await this.accounts.on.users.find(id);
    if (user === null) throw noUser();
    return user;
  }
}

function saved(outcome: UserOutcome): User {
  switch (outcome.kind) {
    case 'saved':
      return outcome.user;
    case 'absent':
      throw noUser();
    case 'name-taken':
      throw new Problem(409, 'name-taken', 'Another user has this name.');
    case 'full':
      throw new Problem(409, 'too-many-users', `There are ${MOST_USERS} users; delete one first.`);
    case 'last-admin':
      throw lastAdmin();
    case 'limited-admin':
      throw new Problem(
        409,
        'limited-admin',
        'An admin sees the events of all services: send `services` as null, or another role.',
      );
  }
}

function lastAdmin(): Problem {
  return new Problem(
    409,
    'last-admin',
    'This is the last admin who can log in: make another one first.',
  );
}

function noUser(): Problem {
  return notFound('There is no user of this id.');
}
