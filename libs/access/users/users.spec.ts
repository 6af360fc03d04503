import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SYSTEM } from '../audit/audit-log.ts';
import { openAccessFixture, PASSWORD, type AccessFixture } from '../testing/access-fixture.ts';
import { ensureAdmin } from './first-admin.ts';

let access: AccessFixture;
const BY = { actor: SYSTEM, address: '192.0.2.1' };
const NOBODY = '00000000-0000-4000-8000-000000000000';

beforeAll(async () => {
  access = await openAccessFixture();
}, 60_000);

beforeEach(() => access.clear());

afterAll(() => access.close());

async function loggedIn(userId: string): Promise<string> {
  return (await access.sessions.begin(userId, { address: null, userAgent: null })).token;
}

describe('users', () => {
  it('are kept without their password', async () => {
    const user = await access.addUser({ name: 'Ada', services: ['api'] });
    expect(user).toEqual({
      id: expect.any(String),
      name: 'Ada',
      role: 'viewer',
      services: ['api'],
      disabled: false,
      hasPassword: true,
      createdAt: access.clock(),
      updatedAt: access.clock(),
      lastLoginAt: null,
    });
    expect(await access.users.list()).toEqual([user]);
    const [row] = await access.db.query('SELECT * FROM app_user');
    expect(JSON.stringify(row)).not.toContain(PASSWORD);
  });

  it('have one name each, however it is written', async () => {
    await access.addUser({ name: 'Ada' });
    for (const name of ['ada', 'ADA', '\uff21da']) {
      await expect(access.addUser({ name })).rejects.toThrow('name-taken');
    }
  });

  it('lose their sessions by a new role, other services, a new password or being disabled', async () => {
    await access.addUser({ name: 'root', role: 'admin' });
    const { id } = await access.addUser();
    for (const change of [
      { role: 'editor' as const },
      { services: ['api'] },
      { password: 'another fine one' },
      { disabled: true },
    ]) {
      const token = await loggedIn(id);
      expect(await access.users.change(id, change, BY)).toMatchObject({ kind: 'saved' });
      expect(await access.sessions.find(token, false)).toBeNull();
    }
  });

  it('keep their sessions by a change that changes nothing', async () => {
    const { id } = await access.addUser();
    const token = await loggedIn(id);
    await access.users.change(id, { role: 'viewer', disabled: false, services: null }, BY);
    expect(await access.sessions.find(token, false)).not.toBeNull();
  });

  it('always have an admin among them', async () => {
    const [one, other] = [
      await access.addUser({ name: 'root', role: 'admin' }),
      await access.addUser({ name: 'root2', role: 'admin', disabled: true }),
    ];
    expect(await access.users.delete(one.id, BY)).toBe('last-admin');
    expect(await access.users.change(one.id, { disabled: true }, BY)).toEqual({
      kind: 'last-admin',
    });
    expect(await access.users.change(one.id, { role: 'editor' }, BY)).toEqual({
      kind: 'last-admin',
    });
    await access.users.change(other.id, { disabled: false }, BY);
    const both = [one, other].map(({ id }) => access.users.delete(id, BY));
    expect((await Promise.all(both)).sort()).toEqual(['deleted', 'last-admin']);
  });

  it('are no admins with a limit', async () => {
    await expect(access.addUser({ role: 'admin', services: [] })).rejects.toThrow('limited-admin');
    const { id } = await access.addUser({ services: ['api'] });
    expect(await access.users.change(id, { role: 'admin' }, BY)).toEqual({ kind: 'limited-admin' });
    expect(await access.users.change(id, { role: 'admin', services: null }, BY)).toMatchObject({
      kind: 'saved',
    });
  });

  it('change their own password if they know the present one, and stay logged in here alone', async () => {
    const { id } = await access.addUser();
    const by = { actor: { kind: 'user', id, name: 'ada' } as const, address: null };
    const [here, there] = [
      await access.sessions.begin(id, { address: null, userAgent: null }),
      await loggedIn(id),
    ];
    const change = (present: string, next: string) =>
      access.users.changeOwnPassword(id, { present, next }, here.id, by);
    expect(await change('wrong', 'another fine one')).toBe(false);
    expect(await access.sessions.find(there, false)).not.toBeNull();
    expect(await change(PASSWORD, 'another fine one')).toBe(true);
    expect(await access.sessions.find(there, false)).toBeNull();
    expect(await access.sessions.find(here.token, false)).not.toBeNull();
    expect(await change(PASSWORD, 'a third fine one')).toBe(false);
    const outcomes = (await access.audit()).filter(({ action }) => action === 'user.password');
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['failed', 'ok', 'failed']);
  });

  it('take their private searches with them', async () => {
    const { id } = await access.addUser();
    await access.db.query(
      `INSERT INTO saved_search (id, folder, name, query, created_at, updated_at, owner_id, shared)
       SELECT gen_random_uuid(), '', n::text, '', now(), now(), $1, n = 1 FROM generate_series(1, 2) n`,
      [id],
    );
    expect(await access.users.delete(id, BY)).toBe('deleted');
    expect(await access.db.query('SELECT name FROM saved_search')).toEqual([{ name: '1' }]);
  });

  it('are absent where there is none of the id', async () => {
    for (const id of ['x', NOBODY]) {
      expect(await access.users.find(id)).toBeNull();
      expect(await access.users.change(id, {}, BY)).toEqual({ kind: 'absent' });
      expect(await access.users.delete(id, BY)).toBe('absent');
    }
  });

  it('leave in the audit log what was done to them, without passwords', async () => {
    const { id } = await access.addUser();
    await access.users.change(id, { role: 'editor', password: 'another fine one' }, BY);
    await access.users.delete(id, BY);
    const entries = await access.audit();
    expect(entries.map(({ action, target, detail }) => [action, target, detail])).toEqual([
      ['user.create', 'ada', { role: 'viewer', services: null }],
      ['user.update', 'ada', { role: { from: 'viewer', to: 'editor' }, password: 'changed' }],
      ['user.delete', 'ada', { role: 'editor' }],
    ]);
  });
});

describe('the first admin', () => {
  const ensure = (password: string | null) =>
    ensureAdmin({ ...access, pool: access.db.store.accessPool, password });

  beforeEach(() => {
    access.log.length = 0;
  });

  it('is made by one of many processes, which alone shows the password', async () => {
    await Promise.all([1, 2, 3, 4, 5].map(() => ensure(null)));
    const shown = access.log.flatMap((line) => / password (\S{24}) - it/.exec(line)?.[1] ?? []);
    expect(shown).toHaveLength(1);
    const [password = ''] = shown;
    const attempt = { name: 'admin', password, address: null, userAgent: null };
    expect(await access.login.attempt(attempt)).toMatchObject({
      kind: 'in',
      identity: { role: 'admin', services: null },
    });
  });

  it('has the password that is given, which is shown nowhere', async () => {
    await ensure(PASSWORD);
    expect(access.log.join()).not.toContain(PASSWORD);
    const attempt = { name: 'admin', password: PASSWORD, address: null, userAgent: null };
    expect(await access.login.attempt(attempt)).toMatchObject({ kind: 'in' });
  });

  it('is not made, nor given another password, where there is an admin', async () => {
    await access.addUser({ name: 'root', role: 'admin' });
    await ensure(PASSWORD);
    expect((await access.users.list()).map(({ name }) => name)).toEqual(['root']);
    expect(access.log).toEqual([]);
  });

  it('is made again where the last admin was taken out of the table', async () => {
    await access.addUser({ name: 'Admin', role: 'viewer', services: ['api'], disabled: true });
    await ensure(PASSWORD);
    expect(await access.users.list()).toMatchObject([
      { name: 'Admin', role: 'admin', services: null, disabled: false },
    ]);
  });
});
