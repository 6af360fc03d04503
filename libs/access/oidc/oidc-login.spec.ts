import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '#event';
import { Telemetry, type LogLine } from '#telemetry';
import { openTestStore, type TestStore } from '../../store/testing/open-test-store.ts';
import { until } from '../../store/testing/waiting.ts';
import { MemoryAuditLog } from '../testing/memory-audit-log.ts';
import { Sessions } from '../sessions/sessions.ts';
import { fetchTrusting } from './fetch-trusting.ts';
import { LoginStates } from './login-state.ts';
import { OidcLogin, type OidcOutcome } from './oidc-login.ts';
import { OidcProvider } from './oidc-provider.ts';
import { OidcUsers } from './oidc-users.ts';
import type { RoleRules } from './roles-of-claims.ts';
import { PRIVATE_TLS } from './testing/private-tls.ts';
import { browse, CLIENT_ID, CLIENT_SECRET, TestProvider } from './testing/test-provider.ts';

const PUBLIC_URL = new URL('http://logs.example.com:8080/');
const CALLBACK = 'http://logs.example.com:8080/api/v1/session/oidc/callback';
const CLIENT = { address: '192.0.2.7', userAgent: 'test' };
const LIFE = { idleMs: 60_000, absoluteMs: 600_000 };

const RULES: RoleRules = {
  groupsClaim: 'groups',
  map: [
    { group: 'ops', role: 'admin', services: null },
    { group: 'staff', role: 'viewer', services: null },
    { group: 'shop', role: 'editor', services: ['cart'] },
  ],
  defaultRole: null,
};

let db: TestStore;
let provider: TestProvider;
let sessions: Sessions;
let audit: MemoryAuditLog;
let log: LogLine[];
let now: number | null;

beforeAll(async () => {
  db = await openTestStore();
}, 60_000);
afterAll(() => db.close());
beforeEach(async () => {
  provider = await TestProvider.start(CALLBACK);
  sessions = new Sessions({ pool: db.store.accessPool, clock: systemClock, life: LIFE });
  audit = new MemoryAuditLog();
  log = [];
  now = null;
  await db.query('DELETE FROM app_user');
  await db.query('DELETE FROM audit_entry');
});
afterEach(async () => {
  await provider.stop().catch(() => undefined);
});

interface Options {
  readonly rules?: RoleRules;
  readonly skewSeconds?: number;
  readonly secret?: string;
  readonly authorities?: string;
}

/** What one gateway makes of its settings. */
function gateway({
  rules = RULES,
  skewSeconds = 0,
  secret = CLIENT_SECRET,
  authorities,
}: Options = {}): OidcLogin {
  const telemetry = new Telemetry((line) => log.push(line));
  return new OidcLogin({
    provider: new OidcProvider({
      issuer: new URL(provider.issuer),
      clientId: CLIENT_ID,
      clientSecret: secret,
      ...(authorities !== undefined && { authorities }),
      telemetry,
      coolDownMs: 0,
      skewSeconds,
    }),
    states: new LoginStates(secret, () => new Date(now ?? Date.now())),
    users: new OidcUsers({
      pool: db.store.accessPool,
      sessions,
      issuer: provider.issuer,
      clock: systemClock,
    }),
    audit,
    rules,
    scopes: 'openid profile groups',
    publicUrl: PUBLIC_URL,
    telemetry,
  });
}

async function logIn(login: OidcLogin, returnTo: string | null = null): Promise<OidcOutcome> {
  const { url, sealed } = await login.begin(returnTo);
  return login.complete((await browse(url, CALLBACK)).search, sealed, CLIENT);
}

describe('a login by OpenID Connect', () => {
  it('makes a user of the person at first, with the role of the group, and a session', async () => {
    const outcome = await logIn(gateway(), '/search?q=level:error#x');
    expect(outcome).toMatchObject({
      kind: 'in',
      returnTo: '/search?q=level:error#x',
      identity: { kind: 'user', name: 'ada', role: 'viewer', services: null },
    });
    if (outcome.kind !== 'in') throw new Error();
    expect(await sessions.find(outcome.session.token, true)).toMatchObject({
      identity: { name: 'ada', role: 'viewer' },
    });
    expect(await db.query('SELECT action, actor, outcome, detail FROM audit_entry')).toEqual([
      {
        action: 'session.login',
        actor: 'ada',
        outcome: 'ok',
        detail: { by: 'oidc', role: 'viewer' },
      },
    ]);
  });

  it('asks with PKCE, state and nonce', async () => {
    const { url } = await gateway().begin(null);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: 'code',
      client_id: CLIENT_ID,
      redirect_uri: CALLBACK,
      scope: 'openid profile groups',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
  });

  it('gives the same user again, with name and role of today', async () => {
    const login = gateway();
    const first = await logIn(login);
    provider.person = { sub: 'sub-1', preferred_username: 'ada.l', groups: ['staff', 'shop'] };
    const second = await logIn(login);
    if (first.kind !== 'in' || second.kind !== 'in') throw new Error();
    expect(second.identity).toEqual({
      kind: 'user',
      id: first.identity.id,
      name: 'ada.l',
      role: 'editor',
      services: ['cart'],
    });
    expect(await sessions.find(first.session.token, true)).toMatchObject({
      identity: { role: 'editor', services: ['cart'] },
    });
  });

  it('never takes somebody for another of the same name', async () => {
    await db.query(
      `INSERT INTO app_user (id, name, name_key, role, password_hash, created_at, updated_at)
       VALUES (gen_random_uuid(), 'ada', 'ada', 'admin', 'x', now(), now())`,
    );
    const one = await logIn(gateway());
    provider.person = { ...provider.person, sub: 'sub-2' };
    const two = await logIn(gateway());
    if (one.kind !== 'in' || two.kind !== 'in') throw new Error();
    expect(one.identity.id).not.toBe(two.identity.id);
    expect(one.identity.role).toBe('viewer');
    expect(await db.query('SELECT count(*)::int AS users FROM app_user')).toEqual([{ users: 3 }]);
  });

  it('can be ended by another gateway than it was begun at', async () => {
    const { url, sealed } = await gateway().begin(null);
    const { search } = await browse(url, CALLBACK);
    expect(await gateway().complete(search, sealed, CLIENT)).toMatchObject({ kind: 'in' });
  });

  it('refuses those without a group that has a role, unless there is one for all', async () => {
    provider.person = { ...provider.person, groups: ['others'] };
    expect(await logIn(gateway())).toEqual({ kind: 'refused', reason: 'no-role' });
    expect(audit.entries).toMatchObject([
      { action: 'session.login', target: 'ada', outcome: 'failed', detail: { reason: 'no-role' } },
    ]);
    expect(await db.query('SELECT FROM app_user')).toEqual([]);
    const rules: RoleRules = { ...RULES, defaultRole: 'viewer' };
    expect(await logIn(gateway({ rules }))).toMatchObject({ identity: { role: 'viewer' } });
  });

  it('refuses a user who was disabled', async () => {
    await logIn(gateway());
    await db.query('UPDATE app_user SET disabled = true');
    expect(await logIn(gateway())).toEqual({ kind: 'refused', reason: 'disabled' });
  });

  it('refuses what the browser did not begin, or too long ago', async () => {
    const login = gateway();
    const { url, sealed } = await login.begin(null);
    const { search } = await browse(url, CALLBACK);
    expect(await login.complete(search, null, CLIENT)).toMatchObject({ reason: 'not-begun' });
    expect(await login.complete(search, `${sealed}x`, CLIENT)).toMatchObject({
      reason: 'not-begun',
    });
    const other = await gateway({ secret: 'another-secret-0123456789' }).begin(null);
    expect(await login.complete(search, other.sealed, CLIENT)).toMatchObject({
      reason: 'not-begun',
    });
    now = Date.now() + 11 * 60_000;
    expect(await login.complete(search, sealed, CLIENT)).toMatchObject({ reason: 'not-begun' });
  });

  it('refuses another state, another nonce and another issuer than its own', async () => {
    const login = gateway();
    const [mine, theirs] = [await login.begin(null), await login.begin(null)];
    const { search } = await browse(theirs.url, CALLBACK);
    expect(await login.complete(search, mine.sealed, CLIENT)).toMatchObject({
      reason: 'provider-refused',
    });
    const swapped = new URLSearchParams(search);
    swapped.set('state', mine.url.searchParams.get('state') ?? '');
    expect(await login.complete(`?${swapped.toString()}`, mine.sealed, CLIENT)).toMatchObject({
      reason: 'provider-refused',
    });
    const mixed = new URLSearchParams(
      (await browse((await login.begin(null)).url, CALLBACK)).search,
    );
    mixed.set('iss', 'https://elsewhere.example.com');
    expect(await login.complete(`?${mixed.toString()}`, mine.sealed, CLIENT)).toMatchObject({
      reason: 'provider-refused',
    });
  });

  it('refuses a code that was used before', async () => {
    const login = gateway();
    const { url, sealed } = await login.begin(null);
    const { search } = await browse(url, CALLBACK);
    expect((await login.complete(search, sealed, CLIENT)).kind).toBe('in');
    expect(await login.complete(search, sealed, CLIENT)).toMatchObject({
      reason: 'provider-refused',
    });
  });

  it('is refused by a provider that says so', async () => {
    const login = gateway();
    const { url, sealed } = await login.begin(null);
    const state = url.searchParams.get('state') ?? '';
    const query = `?error=access_denied&state=${state}&iss=${encodeURIComponent(provider.issuer)}`;
    expect(await login.complete(query, sealed, CLIENT)).toMatchObject({
      reason: 'provider-refused',
    });
    expect(log.some(({ message }) => message.includes('access_denied'))).toBe(true);
  });

  it('works with a key that the provider signs with from now on', async () => {
    const login = gateway();
    expect((await logIn(login)).kind).toBe('in');
    await provider.rotateKey();
    expect((await logIn(login)).kind).toBe('in');
  });

  it('bears a clock that is a little wrong, not one that is far off', async () => {
    // ID tokens of the provider last for 300 s.
    expect((await logIn(gateway({ skewSeconds: 320 }))).kind).toBe('in');
    expect((await logIn(gateway({ skewSeconds: -20 }))).kind).toBe('in');
    expect(await logIn(gateway({ skewSeconds: 400 }))).toMatchObject({ kind: 'refused' });
  });

  it('waits for nobody while the provider is away, and works once it is back', async () => {
    await provider.stop();
    const login = gateway();
    await expect(login.begin(null)).rejects.toThrow(/cannot be used: .*ECONNREFUSED/);
    expect(log.map(({ event }) => event)).toEqual(['access.provider_away']);
    await provider.resume();
    await until(async () =>
      login.begin(null).then(
        () => true,
        () => false,
      ),
    );
    expect(log.at(-1)?.event).toBe('access.provider_found');
    expect((await logIn(login)).kind).toBe('in');
    const { url, sealed } = await login.begin(null);
    const { search } = await browse(url, CALLBACK);
    await provider.stop();
    expect(await login.complete(search, sealed, CLIENT)).toEqual({
      kind: 'refused',
      reason: 'provider-away',
    });
  });

  describe('at a provider whose certificate no known authority has signed', () => {
    beforeEach(async () => {
      await provider.stop();
      provider = await TestProvider.start(CALLBACK, PRIVATE_TLS);
    });

    it('works where its authority is named', async () => {
      const login = gateway({ authorities: PRIVATE_TLS.ca });
      const { url, sealed } = await login.begin(null);
      const { search } = await browse(url, CALLBACK, fetchTrusting(PRIVATE_TLS.ca));
      expect(await login.complete(search, sealed, CLIENT)).toMatchObject({ kind: 'in' });
      expect(provider.requests.get('/token')).toBe(1);
    });

    it.each([
      ['none', undefined],
      ['another', PRIVATE_TLS.cert],
    ])('says so where %s is named', async (_which, named) => {
      const login = gateway(named === undefined ? {} : { authorities: named });
      await expect(login.begin(null)).rejects.toThrow(/cannot be used: .*certificate/);
    });
  });

  it('leads to the logout of the provider, for its own users alone', async () => {
    const login = gateway();
    const outcome = await logIn(login);
    if (outcome.kind !== 'in') throw new Error();
    const url = new URL((await login.logoutUrl(outcome.identity.id)) ?? '');
    expect(url.href).toContain(`${provider.issuer}/session/end`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: CLIENT_ID,
      post_logout_redirect_uri: PUBLIC_URL.href,
    });
    expect(await login.logoutUrl('00000000-0000-0000-0000-000000000000')).toBeNull();
    expect((await fetch(url)).status).toBe(200);
  });

  it.each([
    ['/', '/'],
    ['/search?q=a%20b', '/search?q=a%20b'],
    [null, '/'],
    ['', '/'],
    ['//elsewhere.example.com', '/'],
    ['/\\elsewhere.example.com', '/'],
    ['/a\\b', '/'],
    ['https://elsewhere.example.com', '/'],
    ['/\t/elsewhere.example.com', '/'],
    [`/${'x'.repeat(3_000)}`, '/'],
  ])('returns from %j to %j', async (returnTo, expected) => {
    expect(await logIn(gateway(), returnTo)).toMatchObject({ kind: 'in', returnTo: expected });
  });
});
