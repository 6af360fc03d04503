import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import {
  actorOf,
  clearSessionCookie,
  csrfToken,
  setSessionCookie,
  type LoginAttempt,
  type LoginOutcome,
} from '#access';
import { MICROS_PER_SECOND } from '#event';

import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.ts';
import { Admission } from '../http/admission.ts';
import { bodyParameters } from '../http/body.ts';
import { CallScope } from '../http/call-scope.ts';
import { Problem } from '../http/problem.ts';
import { sendJson } from '../http/send-json.ts';
import { DescribeCall } from '../openapi/describe-call.ts';
import { readParameters } from '../parameters/read-parameters.ts';
import { requiredText } from '../parameters/values.ts';
import { sessionJson } from './account-json.ts';
import { AccountsAccess } from './accounts-access.ts';
import { checkCsrf, checkOrigin } from './csrf.ts';
import { Open } from './declare-access.ts';
import { identify, isSecure } from './identify.ts';
import { presentPassword } from './user-parameters.ts';

/** Each takes 19 MiB and a tenth of a second of a core; others wait. */
const LOGINS_AT_ONCE = 2;
const LOGINS_WAITING = 32;
const LOGIN_WAIT_MS = 10_000;

const LONGEST_NAME = 256;

const loginParameters = {
  name: requiredText({ maxLength: LONGEST_NAME, description: 'Name of the user.' }),
  password: presentPassword,
} as const;

/** Logging in and out. */
@ApiTags('access')
@Controller('api/v1/session')
export class SessionController {
  private readonly parts: GatewayParts;
  private readonly scope: CallScope;
  private readonly accounts: AccountsAccess;
  private readonly logins: Admission;

  constructor(
    @Inject(GATEWAY_PARTS) parts: GatewayParts,
    @Inject(CallScope) scope: CallScope,
    @Inject(AccountsAccess) accounts: AccountsAccess,
  ) {
    this.parts = parts;
    this.scope = scope;
    this.accounts = accounts;
    this.logins = new Admission('logins', {
      running: LOGINS_AT_ONCE,
      waiting: LOGINS_WAITING,
      waitMs: LOGIN_WAIT_MS,
    });
  }

  @Get()
  @Open()
  @DescribeCall({
    summary: 'Who is logged in, and what they may do',
    description:
      'Open to all: `identity` is null while nobody is logged in. While access control is off everybody is `anonymous` and may do everything. `csrf` is what the header X-Penstock-CSRF must say with every call of this session that is not GET.',
    parameters: {},
    by: 'query',
    answer: 'SessionAnswer',
  })
  async current(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.scope.begin('session', reply);
    const { access } = this.parts;
    await sendJson(reply, sessionJson(access, await identify(access, request)));
  }

  @Post()
  @HttpCode(200)
  @Open()
  @DescribeCall({
    summary: 'Log in by name and password',
    description:
      'The answer sets the cookie of the session: HttpOnly, SameSite=Lax, over TLS also Secure and with the prefix `__Host-`. The body must be sent as `application/json`.',
    parameters: loginParameters,
    by: 'body',
    answer: 'SessionAnswer',
    problems: {
      401: 'The name or the password is wrong, or the user is disabled.',
      409: 'Access control is off.',
      429: 'Too many failed. `Retry-After` says when to try again.',
    },
  })
  async login(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const signal = this.scope.begin('session-login', reply);
    const { login } = this.accounts.on;
    checkOrigin(request);
    checkJson(request);
    const values = readParameters(loginParameters, bodyParameters(body), this.parts.clock());
    const attempt = attemptOf(values, request);
    const outcome = await this.logins.run(signal, () => login.attempt(attempt));
    if (outcome.kind !== 'in') throw refusal(outcome);
    const { identity, session } = outcome;
    const seconds = Math.floor((session.expiresAt - this.parts.clock()) / MICROS_PER_SECOND);
    void reply.header('set-cookie', setSessionCookie(session.token, seconds, isSecure(request)));
    const known = { identity, csrf: csrfToken(session.token) };
    await sendJson(reply, sessionJson(this.parts.access, known));
  }

  @Delete()
  @Open()
  @DescribeCall({
    summary: 'Log out',
    description:
      'Ends the session, and takes its cookie away. `deleted` is false where there was none. `providerLogout` is where a browser logs out at the provider of OpenID Connect too, where it logged in by that.',
    parameters: {},
    by: 'query',
    answer: 'LogoutAnswer',
    problems: { 403: 'The CSRF token is missing.', 409: 'Access control is off.' },
  })
  async logout(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.scope.begin('session-logout', reply);
    const { sessions, audit, oidc } = this.accounts.on;
    const known = await identify(this.parts.access, request);
    const deleted = known !== null && known.sessionId !== null;
    if (deleted) {
      checkCsrf(request, known);
      await sessions.revoke(known.identity.id, known.sessionId);
      await audit.record({
        actor: actorOf(known.identity),
        action: 'session.logout',
        target: known.identity.name,
        address: request.ip,
        outcome: 'ok',
        detail: {},
      });
    }
    void reply.header('set-cookie', clearSessionCookie(isSecure(request)));
    const providerLogout = (deleted && (await oidc?.logoutUrl(known.identity.id))) || null;
    await sendJson(reply, { deleted, providerLogout });
  }
}

function attemptOf(
  { name, password }: { readonly name: string; readonly password: string },
  request: FastifyRequest,
): LoginAttempt {
  const userAgent = request.headers['user-agent'] ?? null;
  return { name, password, address: request.ip, userAgent };
}

/** A form of another site can send neither this type nor a header of ours: nobody is logged in as somebody else. */
function checkJson(request: FastifyRequest): void {
  const [type = ''] = (request.headers['content-type'] ?? '').split(';');
  if (type.trim().toLowerCase() === 'application/json') return;
  throw new Problem(
    415,
    'unsupported-media-type',
    'Send the login as JSON with the header Content-Type: application/json.',
  );
}

function refusal(outcome: Exclude<LoginOutcome, { kind: 'in' }>): Problem {
  if (outcome.kind === 'wrong') {
    return new Problem(401, 'wrong-login', 'The name or the password is wrong.');
  }
  const { retryAfterSeconds } = outcome;
  return new Problem(
    429,
    'login-locked',
    `Too many logins failed. Try again in ${retryAfterSeconds} s.`,
    { retryAfterSeconds },
    { 'retry-after': String(retryAfterSeconds) },
  );
}
