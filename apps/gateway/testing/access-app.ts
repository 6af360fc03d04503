import { CHEAP, PASSWORD } from '../../../libs/access/testing/access-fixture.ts';
import { PasswordHasher, SYSTEM, type UserToAdd } from '#access';
import type { Clock } from '#event';
import type { Store } from '#store';
import { Telemetry } from '#telemetry';

import type { AccessOn } from '../access/access-parts.ts';
import { openAccess, type AccessSettings } from '../access/open-access.ts';
import type { OidcSettings } from '../access/open-oidc.ts';

export const ADMIN_PASSWORD = 'the first password';

/** Without OpenID Connect. */
export const TEST_SETTINGS: AccessSettings = {
  adminPassword: ADMIN_PASSWORD,
  sessionIdle: 3_600_000,
  sessionLifetime: 86_400_000,
  loginFailures: 3,
  loginLockout: 900_000,
  publicUrl: null,
  oidcIssuer: null,
  oidcCaFile: null,
  oidcClientId: null,
  oidcClientSecret: null,
  oidcScopes: 'openid profile groups',
  oidcGroupsClaim: 'groups',
  oidcRoleMap: [],
  oidcDefaultRole: null,
  oidcAudience: null,
};

/** Access control that is on, over a store, with the user `admin`. */
export async function openTestAccess(
  store: Pick<Store, 'accessPool'>,
  clock?: Clock,
  oidc: Partial<OidcSettings> = {},
): Promise<AccessOn> {
  const access = await openAccess({
    mode: 'on',
    settings: { ...TEST_SETTINGS, ...oidc },
    store,
    telemetry: new Telemetry(() => undefined),
    hasher: new PasswordHasher(CHEAP),
    ...(clock && { clock }),
  });
  if (access.mode === 'off') throw new Error('access control is off');
  return access;
}

/** A client that keeps its session, as a browser does. */
export class TestClient {
  private readonly url: string;
  private cookie = '';
  csrf = '';

  constructor(url: string) {
    this.url = url;
  }

  static async login(url: string, name: string, password: string): Promise<TestClient> {
    const client = new TestClient(url);
    const response = await client.call('POST', '/api/v1/session', { name, password });
    if (response.status !== 200) throw new Error(await response.text());
    await client.keep(response);
    return client;
  }

  /** A user made for a test, logged in. */
  static async of(
    url: string,
    access: AccessOn,
    user: Partial<UserToAdd> & { readonly name: string },
  ): Promise<TestClient> {
    const whole = { role: 'viewer', services: null, disabled: false, password: PASSWORD } as const;
    const outcome = await access.users.add({ ...whole, ...user }, { actor: SYSTEM, address: null });
    if (outcome.kind !== 'saved') throw new Error(outcome.kind);
    return TestClient.login(url, user.name, user.password ?? PASSWORD);
  }

  get cookies(): string {
    return this.cookie;
  }

  async keep(response: Response): Promise<void> {
    this.cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
    this.csrf = ((await response.json()) as { csrf: string }).csrf;
  }

  call(
    method: string,
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    return fetch(this.url + path, {
      method,
      headers: {
        ...(this.cookie !== '' && { cookie: this.cookie }),
        ...(this.csrf !== '' && { 'x-penstock-csrf': this.csrf }),
        ...(body && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  }

  /** The JSON of an answer, with its status. */
  async json(
    method: string,
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await this.call(method, path, body, headers);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }
}
