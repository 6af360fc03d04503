import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import {
  clearLoginState,
  loginStateIn,
  ProviderUnavailableError,
  setLoginState,
  setSessionCookie,
  type OidcLogin,
  type OidcRefusal,
} from '#access';
import { MICROS_PER_SECOND } from '#event';

import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.ts';
import { Admission } from '../http/admission.ts';
import { CallScope } from '../http/call-scope.ts';
import { notFound } from '../http/problem.ts';
import { DescribeProblems } from '../openapi/describe-call.ts';
import { Open } from './declare-access.ts';
import { isSecure } from './identify.ts';

/** Each asks the provider once. */
const ANSWERS_AT_ONCE = 8;
const ANSWERS_WAITING = 64;
const ANSWER_WAIT_MS = 10_000;

/** Logging in at a provider of OpenID Connect: both calls are for a browser, and lead it on. */
@ApiTags('access')
@Controller('api/v1/session/oidc')
export class OidcController {
  private readonly parts: GatewayParts;
  private readonly scope: CallScope;
  private readonly answers = new Admission('logins', {
    running: ANSWERS_AT_ONCE,
    waiting: ANSWERS_WAITING,
    waitMs: ANSWER_WAIT_MS,
  });

  constructor(@Inject(GATEWAY_PARTS) parts: GatewayParts, @Inject(CallScope) scope: CallScope) {
    this.parts = parts;
    this.scope = scope;
  }

  @Get()
  @Open()
  @ApiOperation({
    summary: 'Log in at the provider of OpenID Connect',
    description:
      'For a browser, which is led to the provider and back. Where that fails it is led to `/login?error=` with one of `provider-away`, `not-begun`, `provider-refused`, `no-role`, `disabled`, `too-many-users`.',
  })
  @ApiQuery({
    name: 'returnTo',
    required: false,
    description: 'Path of the page to go to afterwards.',
    schema: { type: 'string', default: '/' },
  })
  @ApiResponse({ status: 303, description: 'To the provider.' })
  @DescribeProblems({ notFound: true })
  async begin(
    @Query('returnTo') returnTo: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.scope.begin('oidc-login', reply);
    try {
      const { url, sealed } = await this.login.begin(textOrNull(returnTo));
      void reply.header('set-cookie', setLoginState(sealed, isSecure(request)));
      await lead(reply, url.href);
    } catch (error) {
      if (!(error instanceof ProviderUnavailableError)) throw error;
      await refuse(reply, 'provider-away');
    }
  }

  @Get('callback')
  @Open()
  @ApiExcludeEndpoint()
  async callback(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const signal = this.scope.begin('oidc-callback', reply);
    const { login } = this;
    const secure = isSecure(request);
    const sealed = loginStateIn(request.headers.cookie, secure);
    const userAgent = request.headers['user-agent'] ?? null;
    const outcome = await this.answers.run(signal, () =>
      login.complete(queryOf(request.url), sealed, { address: request.ip, userAgent }),
    );
    void reply.header('set-cookie', clearLoginState(secure));
    if (outcome.kind === 'refused') {
      await refuse(reply, outcome.reason);
      return;
    }
    const { session, returnTo } = outcome;
    const seconds = Math.floor((session.expiresAt - this.parts.clock()) / MICROS_PER_SECOND);
    void reply.header('set-cookie', setSessionCookie(session.token, seconds, secure));
    await lead(reply, returnTo);
  }

  private get login(): OidcLogin {
    const { access } = this.parts;
    const login = access.mode === 'on' ? access.oidc : null;
    if (login === null) throw notFound('There is no login by OpenID Connect here.');
    return login;
  }
}

async function refuse(reply: FastifyReply, reason: OidcRefusal): Promise<void> {
  await lead(reply, `/login?error=${reason}`);
}

async function lead(reply: FastifyReply, to: string): Promise<void> {
  await reply.status(303).header('location', to).header('cache-control', 'no-store').send();
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** With its `?`; the provider's parameters are read by the library that checks them. */
function queryOf(url: string): string {
  const at = url.indexOf('?');
  return at < 0 ? '' : url.slice(at);
}
