import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import {
  browse,
  CLIENT_ID,
  CLIENT_SECRET,
  TestProvider,
} from '../../../libs/access/oidc/testing/test-provider.ts';
import { openTestStore, type TestStore } from '../../../libs/store/testing/open-test-store.ts';
import { systemClock } from '#event';
import { Telemetry } from '#telemetry';
import {
  ADMIN_PASSWORD,
  openTestAccess,
  TEST_SETTINGS,
  TestClient,
} from '../testing/access-app.ts';
import { startTestGateway, type TestGateway } from '../testing/gateway-app.ts';
import { openAccess } from './open-access.ts';
import type { OidcSettings } from './open-oidc.ts';

const PUBLIC_URL = 'http://penstock.test';
const CALLBACK = `${PUBLIC_URL}/api/v1/session/oidc/callback`;
const AUDIENCE = 'https://logs.example.com';

let db: TestStore;
let provider: TestProvider;
let gateway: TestGateway;

beforeAll(async () => {
  db = await openTestStore();
}, 60_000);
afterAll(() => db.close());
beforeEach(async () => {
  provider = await TestProvider.start(CALLBACK);
  gateway = await start();
});
afterEach(async () => {
  await gateway.close();
  await provider.stop().catch(() => undefined);
});

function oidcSettings(): Partial<OidcSettings> {
  return {
    publicUrl: PUBLIC_URL,
    oidcIssuer: provider.issuer,
    oidcClientId: CLIENT_ID,
    oidcClientSecret: CLIENT_SECRET,
    oidcRoleMap: [
      { group: 'staff', role: 'viewer', services: null },
      { group: 'ops', role: 'admin', services: null },
    ],
    oidcAudience: AUDIENCE,
  };
}

async function start(change: Partial<OidcSettings> = {}): Promise<TestGateway> {
  const settings = { ...oidcSettings(), ...change };
  const access = await openTestAccess(db.store, systemClock, settings);
  return startTestGateway({ access, clock: systemClock });
}

/** A browser at the gateway: it keeps cookies, and does not follow redirects by itself. */
class Browser {
  private readonly cookies = new Map<string, string>();

  get header(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  async get(path: string): Promise<Response> {
    const response = await fetch(gateway.url + path, {
      redirect: 'manual',
      headers: { cookie: this.header },
    });
    for (const set of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = set.split('; ');
      expect(attributes).toEqual(expect.arrayContaining(['HttpOnly', 'SameSite=Lax', 'Path=/']));
      const at = pair.indexOf('=');
      if (attributes.includes('Max-Age=0')) this.cookies.delete(pair.slice(0, at));
      else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  }

  /** Logs in, and tells where it is led to at last. */
  async logIn(returnTo = '/search?q=x'): Promise<string | null> {
    const begun = await this.get(`/api/v1/session/oidc?returnTo=${encodeURIComponent(returnTo)}`);
    expect(begun.status).toBe(303);
    const back = await browse(begun.headers.get('location') ?? '', CALLBACK);
    const ended = await this.get(back.pathname + back.search);
    expect(ended.status).toBe(303);
    expect(ended.headers.get('cache-control')).toBe('no-store');
    return ended.headers.get('location');
  }

  async session(): Promise<Record<string, unknown>> {
    return (await (await this.get('/api/v1/session')).json()) as Record<string, unknown>;
  }
}

describe('a browser', () => {
  it('logs in at the provider and is led back to where it was, with a session as any other', async () => {
    const browser = new Browser();
    expect(await browser.session()).toMatchObject({
      identity: null,
      methods: ['password', 'oidc'],
    });
    expect(await browser.logIn('/search?q=level:error')).toBe('/search?q=level:error');
    expect(browser.header).toMatch(/^penstock-session=[^;]+$/);
    const session = await browser.session();
    expect(session).toMatchObject({ identity: { kind: 'user', name: 'ada', role: 'viewer' } });
    expect((await browser.get('/api/v1/count')).status).toBe(200);
    expect((await browser.get('/api/v1/users')).status).toBe(403);
  });

  it('logs out here, and is told where at the provider', async () => {
    const browser = new Browser();
    await browser.logIn();
    const { csrf } = await browser.session();
    const response = await fetch(`${gateway.url}/api/v1/session`, {
      method: 'DELETE',
      headers: { cookie: browser.header, 'x-penstock-csrf': String(csrf) },
    });
    expect(await response.json()).toMatchObject({
      deleted: true,
      providerLogout: expect.stringContaining(`${provider.issuer}/session/end?`),
    });
    expect((await browser.get('/api/v1/count')).status).toBe(401);
    const admin = await TestClient.login(gateway.url, 'admin', ADMIN_PASSWORD);
    expect((await admin.json('DELETE', '/api/v1/session')).body).toEqual({
      deleted: true,
      providerLogout: null,
    });
  });

  it('is led to the page with the reason where it fails', async () => {
    provider.person = { ...provider.person, groups: [] };
    expect(await new Browser().logIn()).toBe('/login?error=no-role');
    const stray = await new Browser().get('/api/v1/session/oidc/callback?code=x&state=y');
    expect(stray.headers.get('location')).toBe('/login?error=not-begun');
    await provider.stop();
    const other = await start();
    const response = await fetch(`${other.url}/api/v1/session/oidc`, { redirect: 'manual' });
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe('/login?error=provider-away');
    // The gateway has started without the provider, and others log in.
    expect(await TestClient.login(other.url, 'admin', ADMIN_PASSWORD)).toBeInstanceOf(TestClient);
    await other.close();
  });

  it('cannot log in by it where there is no provider', async () => {
    const other = await start({ oidcIssuer: null, oidcClientId: null, oidcAudience: null });
    for (const path of ['', '/callback'])
      expect((await fetch(`${other.url}/api/v1/session/oidc${path}`)).status).toBe(404);
    await other.close();
  });
});

describe('a bearer token', () => {
  const call = (token: string, method = 'GET', path = '/api/v1/count') =>
    fetch(gateway.url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(method !== 'GET' && { body: '{}' }),
    });

  it('makes calls in the role of its groups, and changes without a CSRF token', async () => {
    const token = await provider.token({ aud: AUDIENCE });
    expect((await call(token)).status).toBe(200);
    expect((await call(token, 'POST', '/api/v1/search')).status).toBe(200);
    expect((await call(token, 'GET', '/api/v1/tokens')).status).toBe(403);
    const admin = await provider.token({ aud: AUDIENCE, groups: ['ops'] });
    expect((await call(admin, 'GET', '/api/v1/tokens')).status).toBe(200);
    expect((await call(admin, 'POST', '/api/v1/tokens')).status).toBe(400);
    expect((await call(admin, 'GET', '/api/v1/account/sessions')).status).toBe(403);
    expect((await call(admin, 'DELETE', '/api/v1/session')).status).toBe(200);
  });

  it('that is not valid is none', async () => {
    expect((await call(await provider.token({ aud: 'other' }))).status).toBe(401);
    expect((await call('x')).status).toBe(401);
  });

  it('that cannot be checked is answered by 503', async () => {
    const token = await provider.token({ aud: AUDIENCE });
    await provider.stop();
    const answer = await call(token);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(await answer.json()).toMatchObject({ code: 'provider-away' });
  });
});

describe('settings that do not go together', () => {
  it.each([
    [{ oidcIssuer: null }, 'OIDC_CLIENT_ID needs OIDC_ISSUER'],
    [{ oidcIssuer: null, oidcClientId: null }, 'OIDC_AUDIENCE needs OIDC_ISSUER'],
    [{ oidcIssuer: 'http://id.example.com' }, 'OIDC_ISSUER must begin with https://'],
    [{ oidcClientId: null, oidcAudience: null }, 'OIDC_ISSUER does nothing alone'],
    [{ oidcRoleMap: [] }, 'Nobody has a role by OIDC_ISSUER'],
    [{ publicUrl: null }, 'OIDC_CLIENT_ID needs PUBLIC_URL'],
    [{ oidcClientSecret: null }, 'OIDC_CLIENT_ID needs OIDC_CLIENT_SECRET'],
    [{ oidcCaFile: '/none.pem' }, 'OIDC_CA_FILE: /none.pem holds no certificates in PEM'],
    [{ oidcCaFile: 'package.json' }, 'OIDC_CA_FILE: package.json holds no certificates in PEM'],
  ] satisfies [Partial<OidcSettings>, string][])('%j are told', async (change, sentence) => {
    await expect(start(change)).rejects.toThrow(sentence);
  });

  it('are told also where access control is off', async () => {
    const telemetry = new Telemetry(() => undefined);
    const settings = { ...TEST_SETTINGS, ...oidcSettings() };
    await expect(openAccess({ mode: 'off', settings, store: db.store, telemetry })).rejects.toThrow(
      'OIDC_ISSUER is set, but access control is off',
    );
  });
});
