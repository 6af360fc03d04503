import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PasswordHasher } from '../passwords/password-hasher.ts';
import {
  CHEAP,
  openAccessFixture,
  PASSWORD,
  type AccessFixture,
} from '../testing/access-fixture.ts';
import { addressSubject, nameSubject } from './login-subject.ts';
import { Login } from './login.ts';

let access: AccessFixture;

beforeAll(async () => {
  access = await openAccessFixture();
}, 60_000);

beforeEach(() => access.clear());

afterAll(() => access.close());

const attempt = (name: string, password: string, address: string | null = '192.0.2.1') =>
  access.login.attempt({ name, password, address, userAgent: 'a browser' });

describe('a login', () => {
  it('begins a session', async () => {
    const { id } = await access.addUser({ services: ['api'] });
    const outcome = await attempt('ADA', PASSWORD);
    expect(outcome).toMatchObject({
      kind: 'in',
      identity: { kind: 'user', id, name: 'ada', role: 'viewer', services: ['api'] },
    });
    const token = outcome.kind === 'in' ? outcome.session.token : '';
    expect(await access.sessions.find(token, true)).not.toBeNull();
    expect((await access.users.find(id))?.lastLoginAt).toBe(access.clock());
  });

  it('tells nobody what is wrong', async () => {
    await access.addUser();
    await access.addUser({ name: 'gone', disabled: true });
    await access.addUser({ name: 'sso', password: null });
    for (const [name, password] of [
      ['ada', 'wrong'],
      ['nobody', PASSWORD],
      ['gone', PASSWORD],
      ['sso', PASSWORD],
      ['a\0b\ud800', PASSWORD],
    ] as const)
      expect(await attempt(name, password, null)).toEqual({ kind: 'wrong' });
  });

  it('is written down, without a name that nobody has', async () => {
    await access.addUser();
    await access.db.query('TRUNCATE audit_entry');
    await attempt('ada', PASSWORD);
    await attempt('ada', 'wrong');
    await attempt('hunter2', 'wrong');
    const entry = { action: 'session.login', address: '192.0.2.1' };
    expect(await access.audit()).toEqual([
      { ...entry, actor: 'ada', target: 'ada', outcome: 'ok', detail: {} },
      {
        ...entry,
        actor: 'unknown',
        target: 'ada',
        outcome: 'failed',
        detail: { reason: 'wrong-password' },
      },
      {
        ...entry,
        actor: 'unknown',
        target: null,
        outcome: 'failed',
        detail: { reason: 'unknown-user' },
      },
    ]);
  });

  it('is locked by name after too many failures, and open again later', async () => {
    await access.addUser();
    for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.3'])
      expect(await attempt('ada', 'wrong', address)).toEqual({ kind: 'wrong' });
    const locked = { kind: 'locked', retryAfterSeconds: 900 };
    expect(await attempt('Ada', PASSWORD, '192.0.2.4')).toEqual(locked);
    access.pass(300_000);
    expect(await attempt('ada', PASSWORD)).toEqual({ ...locked, retryAfterSeconds: 600 });
    // Once for the lock, whoever goes on trying.
    const refused = (await access.audit()).filter(({ outcome }) => outcome === 'refused');
    expect(refused).toHaveLength(1);
    access.pass(600_000);
    expect(await attempt('ada', PASSWORD)).toMatchObject({ kind: 'in' });
  });

  it('is locked by address, whatever names it tries', async () => {
    await access.addUser();
    for (const n of [1, 2, 3, 4, 5]) await attempt(`name${n}`, 'wrong', '2001:db8::1');
    expect(await attempt('ada', PASSWORD, '2001:db8::ffff')).toMatchObject({ kind: 'locked' });
    expect(await attempt('ada', PASSWORD, '2001:db8:0:1::1')).toMatchObject({ kind: 'in' });
  });

  it('counts no success as a failure, and forgives the name by one', async () => {
    await access.addUser();
    for (let n = 0; n < 8; n++) {
      expect(await attempt('ada', 'wrong', null)).toEqual({ kind: 'wrong' });
      expect(await attempt('ada', PASSWORD)).toMatchObject({ kind: 'in' });
    }
  });

  it('lets no more through when many try at the same moment', async () => {
    await access.addUser();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, n) => attempt('ada', 'wrong', `192.0.2.${n}`)),
    );
    expect(outcomes.filter(({ kind }) => kind === 'wrong')).toHaveLength(3);
  });

  it('does not wait for itself, however names and addresses cross', async () => {
    await access.addUser();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, n) => attempt('ada', PASSWORD, `192.0.2.${n % 2}`)),
    );
    expect(outcomes.map(({ kind }) => kind)).toContain('in');
  });

  it('hashes the password again when the cost has changed', async () => {
    const { id } = await access.addUser();
    const hasher = new PasswordHasher({ ...CHEAP, passes: 2 });
    const login = new Login({ ...partsOf(access), hasher });
    const again = { name: 'ada', password: PASSWORD, address: null, userAgent: null };
    expect(await login.attempt(again)).toMatchObject({ kind: 'in' });
    const [row] = await access.db.query('SELECT password_hash FROM app_user WHERE id = $1', [id]);
    expect(row?.['password_hash']).toContain('m=64,t=2,p=1');
    expect(await login.attempt(again)).toMatchObject({ kind: 'in' });
  });
});

function partsOf({ db, sessions, clock, telemetry }: AccessFixture) {
  return {
    pool: db.store.accessPool,
    sessions,
    audit: { record: () => Promise.resolve() },
    limits: { failuresPerName: 3, failuresPerAddress: 5, lockoutMs: 1_000 },
    clock,
    telemetry,
  };
}

describe('who tries', () => {
  it('is one by name however it is written, and is not kept readable', () => {
    expect(nameSubject('Ada')).toBe(nameSubject('\uff21DA'));
    expect(nameSubject('ada')).not.toContain('ada');
  });

  it.each([
    ['192.0.2.1', 'address:192.0.2.1'],
    ['::ffff:192.0.2.1', 'address:192.0.2.1'],
    ['::1', 'address:0:0:0:0::/64'],
    ['2001:db8::1:2:3', 'address:2001:db8:0:0::/64'],
    ['2001:0db8:0000:0a00:1:2:3:4', 'address:2001:db8:0:a00::/64'],
    ['fe80::1%eth0', 'address:fe80:0:0:0::/64'],
  ])('from %s is %s', (address, subject) => {
    expect(addressSubject(address)).toBe(subject);
  });
});
