import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createExpireAccess } from '../expire-access.ts';
import { openAccessFixture, type AccessFixture } from '../testing/access-fixture.ts';
import { SessionAuthenticator } from './session-authenticator.ts';
import { clearSessionCookie, sessionTokenIn, setSessionCookie } from './session-cookie.ts';
import { csrfToken } from './session-token.ts';
import type { NewSession } from './session.ts';
import { MOST_SESSIONS } from './sessions.ts';

const HOUR = 3_600_000;
let access: AccessFixture;
let userId: string;

beforeAll(async () => {
  access = await openAccessFixture();
}, 60_000);

beforeEach(async () => {
  await access.clear();
  userId = (await access.addUser({ services: ['api'] })).id;
});

afterAll(() => access.close());

const begin = (): Promise<NewSession> =>
  access.sessions.begin(userId, { address: '192.0.2.1', userAgent: 'a browser' });

describe('a session', () => {
  it('says who it is of, and keeps no token', async () => {
    const { token, id } = await begin();
    expect(await access.sessions.find(token, true)).toEqual({
      identity: { kind: 'user', id: userId, name: 'ada', role: 'viewer', services: ['api'] },
      sessionId: id,
    });
    const [row] = await access.db.query('SELECT * FROM session');
    expect(row?.['token_hash']).toHaveLength(32);
    expect(JSON.stringify(row)).not.toContain(token);
  });

  it('is of nobody by any other token', async () => {
    const { token } = await begin();
    for (const other of ['', 'x', token.slice(1), `${token.slice(0, -4)}AAAA`, `${token}A`])
      expect(await access.sessions.find(other, true)).toBeNull();
  });

  it('lasts while it is used, up to its absolute time', async () => {
    const { token } = await begin();
    for (let used = 0; used < 47; used++) {
      access.pass(HOUR / 2);
      expect(await access.sessions.find(token, true)).not.toBeNull();
    }
    access.pass(HOUR / 2);
    expect(await access.sessions.find(token, true)).toBeNull();
  });

  it('ends when it is not used, though somebody looks whether it lasts', async () => {
    const { token } = await begin();
    access.pass(HOUR / 2);
    expect(await access.sessions.find(token, false)).not.toBeNull();
    access.pass(HOUR / 2);
    expect(await access.sessions.find(token, false)).toBeNull();
    expect(await access.sessions.list(userId)).toEqual([]);
  });

  it('is listed and ended by its id, of its own user alone', async () => {
    const [one, other] = [await begin(), await begin()];
    const list = await access.sessions.list(userId);
    expect(list.map(({ id }) => id).sort()).toEqual([one.id, other.id].sort());
    expect(list[0]).toMatchObject({ address: '192.0.2.1', userAgent: 'a browser' });
    const stranger = (await access.addUser({ name: 'eve' })).id;
    expect(await access.sessions.revoke(stranger, one.id)).toBe(false);
    expect(await access.sessions.revoke(userId, 'x')).toBe(false);
    expect(await access.sessions.revoke(userId, one.id)).toBe(true);
    expect(await access.sessions.find(one.token, true)).toBeNull();
    expect(await access.sessions.find(other.token, true)).not.toBeNull();
  });

  it('may be kept when all others are ended', async () => {
    const sessions = [await begin(), await begin(), await begin()];
    expect(await access.sessions.revokeAll(userId, sessions[1]?.id)).toBe(2);
    const found = await Promise.all(sessions.map(({ token }) => access.sessions.find(token, true)));
    expect(found.map((one) => one !== null)).toEqual([false, true, false]);
  });

  it('gives way to newer ones beyond a bound', async () => {
    const first = await begin();
    for (let more = 0; more < MOST_SESSIONS; more++) {
      access.pass(1);
      await begin();
    }
    expect(await access.sessions.list(userId)).toHaveLength(MOST_SESSIONS);
    expect(await access.sessions.find(first.token, true)).toBeNull();
  });

  it('is removed after its time, as old audit entries and failures are', async () => {
    await begin();
    const attempt = { name: 'ada', password: 'wrong', address: '192.0.2.1', userAgent: null };
    await access.login.attempt(attempt);
    const job = createExpireAccess({ clock: access.clock, auditKeepMs: 10 * 24 * HOUR });
    const run = () => job.run(access.db.client as never, new AbortController().signal);
    access.pass(24 * HOUR - 1);
    expect(await run()).toEqual({ done: 0, more: false });
    access.pass(2);
    // The session, and the failures of a name and an address.
    expect(await run()).toEqual({ done: 3, more: false });
    access.pass(9 * 24 * HOUR);
    // That the user was made, and that the login failed.
    expect(await run()).toEqual({ done: 2, more: false });
  });
});

describe('the cookie of a session', () => {
  it('is for the host alone where there is TLS', () => {
    expect(setSessionCookie('t', 60, true)).toBe(
      '__Host-penstock-session=t; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure',
    );
    expect(clearSessionCookie(false)).toBe(
      'penstock-session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0',
    );
  });

  it('is found among others, under its own name alone', () => {
    const header = 'a=b; penstock-session=plain;__Host-penstock-session=tls; x';
    expect(sessionTokenIn(header, true)).toBe('tls');
    expect(sessionTokenIn(header, false)).toBe('plain');
    expect(sessionTokenIn('penstock-session=plain', true)).toBeNull();
    expect(sessionTokenIn(undefined, true)).toBeNull();
  });

  it('authenticates, and binds the CSRF token', async () => {
    const { token, id } = await begin();
    const authenticator = new SessionAuthenticator(access.sessions);
    const by = (cookie?: string) =>
      authenticator.authenticate({ headers: { cookie }, secure: false }, { counts: true });
    expect(await by(`penstock-session=${token}`)).toMatchObject({
      identity: { name: 'ada' },
      by: 'cookie',
      sessionId: id,
      csrf: csrfToken(token),
    });
    expect(await by('penstock-session=x')).toBeNull();
    expect(await by()).toBeNull();
  });
});
