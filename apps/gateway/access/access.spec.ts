import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';

import { PASSWORD } from '../../../libs/access/testing/access-fixture.ts';
import { openTestStore, type TestStore } from '../../../libs/store/testing/open-test-store.ts';
import { EIGHT_O_CLOCK } from '../testing/event-builder.ts';
import { ADMIN_PASSWORD, openTestAccess, TestClient } from '../testing/access-app.ts';
import { startTestGateway, type TestGateway } from '../testing/gateway-app.ts';
import { openStream } from '../testing/open-stream.ts';
import type { AccessOn } from './access-parts.ts';
import { checkDeclarations } from './check-declarations.ts';
import { accessMode } from './open-access.ts';

let db: TestStore;
let access: AccessOn;
let gateway: TestGateway;
let admin: TestClient;

beforeAll(async () => {
  db = await openTestStore();
  access = await openTestAccess(db.store, () => EIGHT_O_CLOCK);
  gateway = await startTestGateway(
    { access, searches: db.store.searches },
    { identityCheckMs: 20 },
  );
  admin = await TestClient.login(gateway.url, 'admin', ADMIN_PASSWORD);
}, 60_000);

afterAll(async () => {
  await gateway.close();
  await db.close();
});

const nobody = () => new TestClient(gateway.url);
const user = (name: string, role: 'viewer' | 'editor' | 'admin' = 'viewer') =>
  TestClient.of(gateway.url, access, { name, role });

describe('without a login', () => {
  it('no route is answered but who is logged in, and the page', async () => {
    expect(gateway.routes.length).toBeGreaterThan(80);
    const answered: string[] = [];
    for (const route of gateway.routes.filter((one) => !one.startsWith('OPTIONS'))) {
      const [method = '', path = ''] = route.split(' ');
      const url = path.replace(/:\w+/g, '1').replace('*', '');
      const payload = method === 'POST' || method === 'PUT' ? {} : undefined;
      const response = await gateway.app.inject({
        method: method as 'GET',
        url,
        ...(payload && { payload }),
      });
      if (response.statusCode !== 401) answered.push(`${route} ${response.statusCode}`);
      else if (method !== 'HEAD') expect(response.json()).toMatchObject({ code: 'not-logged-in' });
    }
    // 400 and 404: there is no such call. 503: the page is not built here.
    expect(answered.filter((one) => !/ \/api(\/\*)? 40[04]$/.test(one)).sort()).toEqual([
      'DELETE /api/v1/session 200',
      'GET / 503',
      'GET /* 503',
      'GET /api/v1/session 200',
      'GET /api/v1/session/oidc 404',
      'GET /api/v1/session/oidc/callback 404',
      'HEAD / 503',
      'HEAD /* 503',
      'HEAD /api/v1/session 200',
      'HEAD /api/v1/session/oidc 404',
      'HEAD /api/v1/session/oidc/callback 404',
      'POST /api/v1/session 400',
    ]);
  });

  it.each(['/api/docs', '/api/docs-json', '/api/%64ocs-yaml', '/api/docs/swagger-ui.css'])(
    '%s is not shown',
    async (path) => {
      const { status, body } = await nobody().json('GET', path);
      expect({ status, code: body['code'] }).toEqual({ status: 401, code: 'not-logged-in' });
    },
  );

  it('it is told who is logged in: nobody', async () => {
    expect((await nobody().json('GET', '/api/v1/session')).body).toEqual({
      auth: 'on',
      identity: null,
      permissions: [],
      csrf: null,
      methods: ['password'],
    });
  });
});

describe('a login', () => {
  it('sets a cookie that no script reads, and tells what one may do', async () => {
    await user('lin');
    const response = await nobody().call('POST', '/api/v1/session', {
      name: 'Lin',
      password: PASSWORD,
    });
    expect(response.headers.get('set-cookie')).toMatch(
      /^penstock-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=86400$/,
    );
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({
      auth: 'on',
      identity: { kind: 'user', name: 'lin', role: 'viewer', services: null },
      permissions: expect.arrayContaining(['events:read']),
      csrf: expect.stringMatching(/^[\w-]{43}$/),
    });
  });

  it.each([
    [{ name: 'a\0', password: 'x' }, 'name'],
    [{ name: 'x'.repeat(257), password: 'x' }, 'name'],
    [{ name: { is: 'admin' }, password: 'x' }, 'name'],
    [{ name: 'admin', password: ['x'] }, 'password'],
    [{ name: 'admin', password: 'x'.repeat(1_025) }, 'password'],
    [{ name: 'admin' }, 'password'],
  ])('with %j is refused for its %s', async (body, field) => {
    expect(await nobody().json('POST', '/api/v1/session', body)).toMatchObject({
      status: 400,
      body: { errors: [{ field }] },
    });
  });

  it('is refused with one answer, then locked', async () => {
    await user('bob');
    const attempt = (name: string, password: string) =>
      nobody().call('POST', '/api/v1/session', { name, password });
    for (let n = 0; n < 3; n++) {
      const response = await attempt('bob', 'wrong');
      expect(response.status).toBe(401);
      expect(response.headers.get('set-cookie')).toBeNull();
      expect(await response.json()).toMatchObject({ code: 'wrong-login' });
    }
    const locked = await attempt('bob', PASSWORD);
    expect(locked.status).toBe(429);
    expect(locked.headers.get('retry-after')).toBe('900');
    expect(await locked.json()).toMatchObject({ code: 'login-locked', retryAfterSeconds: 900 });
  });

  it('is refused from pages of other sites, and from forms', async () => {
    const body = { name: 'admin', password: ADMIN_PASSWORD };
    const login = (headers: Record<string, string>) =>
      nobody().json('POST', '/api/v1/session', body, headers);
    expect(await login({ 'sec-fetch-site': 'cross-site' })).toMatchObject({ status: 403 });
    expect(await login({ 'sec-fetch-site': 'same-site' })).toMatchObject({ status: 403 });
    expect(await login({ 'content-type': 'text/plain' })).toMatchObject({ status: 415 });
    expect(await login({ 'sec-fetch-site': 'same-origin' })).toMatchObject({ status: 200 });
  });

  it('ends by logging out, whose cookie is worth nothing then', async () => {
    const client = await user('out');
    expect(await client.json('DELETE', '/api/v1/session')).toMatchObject({
      body: { deleted: true },
    });
    expect((await client.call('GET', '/api/v1/count')).status).toBe(401);
    expect(await client.json('DELETE', '/api/v1/session')).toMatchObject({
      body: { deleted: false },
    });
  });
});

describe('a change', () => {
  const password = { password: PASSWORD, newPassword: 'another fine one' };

  it('needs the token that only our page can read', async () => {
    const client = await user('csrf');
    for (const token of ['', 'x', admin.csrf]) {
      const headers = { 'x-penstock-csrf': token };
      expect(await client.json('PUT', '/api/v1/account/password', password, headers)).toMatchObject(
        {
          status: 403,
          body: { code: 'csrf' },
        },
      );
      expect(await client.json('DELETE', '/api/v1/session', undefined, headers)).toMatchObject({
        status: 403,
      });
    }
    expect(await client.json('PUT', '/api/v1/account/password', password)).toMatchObject({
      status: 200,
      body: { changed: true },
    });
  });

  it('is refused from another site even with the token', async () => {
    const client = await user('site');
    for (const site of ['cross-site', 'same-site'])
      expect(
        await client.json('POST', '/api/v1/search', {}, { 'sec-fetch-site': site }),
      ).toMatchObject({ status: 403, body: { code: 'cross-site' } });
  });
});

describe('a role', () => {
  const MAY: [string, string, ('viewer' | 'editor' | 'admin')[]][] = [
    ['GET', '/api/v1/search', ['viewer', 'editor', 'admin']],
    ['GET', '/api/v1/pipeline/health', ['viewer', 'editor', 'admin']],
    ['GET', '/api/v1/segments', ['viewer', 'editor', 'admin']],
    ['GET', '/api/v1/searches', ['viewer', 'editor', 'admin']],
    ['GET', '/api/docs-json', ['viewer', 'editor', 'admin']],
    ['GET', '/api/v1/account/sessions', ['viewer', 'editor', 'admin']],
    ['GET', '/api/v1/export', ['editor', 'admin']],
    ['GET', '/logs/retrieve', ['editor', 'admin']],
    ['POST', '/logs/filter/', ['editor', 'admin']],
    ['POST', '/api/v1/searches', ['editor', 'admin']],
    ['GET', '/api/v1/quarantine', ['admin']],
    ['POST', '/api/v1/quarantine/replay', ['admin']],
    ['GET', '/api/v1/users', ['admin']],
    ['POST', '/api/v1/users', ['admin']],
  ];

  it.each(['viewer', 'editor', 'admin'] as const)(
    '%s may do its own, and no more',
    async (role) => {
      const client = await user(`role-${role}`, role);
      for (const [method, path, roles] of MAY) {
        const { status } = await client.call(method, path, method === 'POST' ? {} : undefined);
        expect({ path, may: status !== 403 }).toEqual({ path, may: roles.includes(role) });
      }
    },
  );

  it('says what is missing', async () => {
    const client = await user('missing');
    expect(await client.json('GET', '/api/v1/users')).toMatchObject({
      status: 403,
      body: { code: 'forbidden', permission: 'users:read' },
    });
  });
});

describe('users', () => {
  it('are added, changed and deleted by an admin', async () => {
    const body = { name: 'Grace', role: 'editor', services: ['b', 'a', 'b'], password: PASSWORD };
    const added = await admin.json('POST', '/api/v1/users', body);
    expect(added).toMatchObject({
      status: 200,
      body: { name: 'Grace', role: 'editor', services: ['a', 'b'], disabled: false },
    });
    expect(JSON.stringify(added.body)).not.toContain('argon2');
    const path = `/api/v1/users/${String(added.body['id'])}`;
    const grace = await TestClient.login(gateway.url, 'grace', PASSWORD);
    expect((await admin.json('GET', `${path}/sessions`)).body['sessions']).toHaveLength(1);
    expect((await admin.json('DELETE', `${path}/sessions`)).body).toEqual({ revoked: 1 });
    expect((await grace.call('GET', '/api/v1/count')).status).toBe(401);
    const changed = await admin.json('PUT', path, { role: 'viewer', services: null });
    expect(changed.body).toMatchObject({ role: 'viewer', services: null });
    const { users } = (await admin.json('GET', '/api/v1/users')).body as { users: unknown[] };
    expect(users).toContainEqual(changed.body);
    expect((await admin.json('DELETE', path)).body).toEqual({ deleted: true });
    expect(await admin.json('DELETE', path)).toMatchObject({ status: 404 });
    expect(await admin.json('PUT', path, { role: 'viewer' })).toMatchObject({ status: 404 });
  });

  it('never lose the last admin, nor limit one', async () => {
    const { users } = (await admin.json('GET', '/api/v1/users')).body as {
      users: { id: string; name: string; role: string }[];
    };
    for (const { id, name, role } of users)
      if (role === 'admin' && name !== 'admin') await admin.call('DELETE', `/api/v1/users/${id}`);
    const path = `/api/v1/users/${users.find(({ name }) => name === 'admin')?.id ?? ''}`;
    expect(await admin.json('DELETE', path)).toMatchObject({ body: { code: 'last-admin' } });
    expect(await admin.json('PUT', path, { disabled: true })).toMatchObject({ status: 409 });
    expect(await admin.json('PUT', path, { role: 'editor' })).toMatchObject({ status: 409 });
    expect(await admin.json('PUT', path, { services: ['a'] })).toMatchObject({
      body: { code: 'limited-admin' },
    });
  });

  it.each([
    [{ name: '' }, 'name'],
    [{ name: ' x' }, 'name'],
    [{ name: 'a\u202eb' }, 'name'],
    [{ name: 'x'.repeat(65) }, 'name'],
    [{ role: 'root' }, 'role'],
    [{ role: undefined }, 'role'],
    [{ password: 'short' }, 'password'],
    [{ password: undefined }, 'password'],
    [{ password: 7 }, 'password'],
    [{ services: [] }, 'services'],
    [{ services: 'api' }, 'services'],
    [{ services: [''] }, 'services'],
    [{ services: ['a\0'] }, 'services'],
    [{ services: Array.from({ length: 101 }, (_, n) => `s${n}`) }, 'services'],
    [{ disabled: 'yes' }, 'disabled'],
    [{ isAdmin: true }, 'isAdmin'],
  ])('refuse %j', async (change, field) => {
    const body = { name: 'valid', role: 'viewer', password: PASSWORD, ...change };
    const answer = await admin.json('POST', '/api/v1/users', body);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });
});

describe('saved searches', () => {
  it('are private or shared, and changed by their owner and admins', async () => {
    const [ada, bob] = [await user('ada-searches', 'editor'), await user('bob-searches', 'editor')];
    const add = (name: string, shared: boolean) =>
      ada.json('POST', '/api/v1/searches', { name, q: 'level:error', shared });
    const open = (await add('open', true)).body;
    const own = (await add('own', false)).body;
    expect(own).toMatchObject({ shared: false, owner: 'ada-searches', editable: true });
    const names = async (client: TestClient) => {
      const { searches } = (await client.json('GET', '/api/v1/searches')).body as {
        searches: { name: string; editable: boolean }[];
      };
      return searches.map(({ name, editable }) => [name, editable]);
    };
    expect(await names(ada)).toEqual([
      ['open', true],
      ['own', true],
    ]);
    expect(await names(bob)).toEqual([['open', false]]);
    expect(await names(await user('viewer-searches'))).toEqual([['open', false]]);
    expect(await names(admin)).toEqual([['open', true]]);
    const path = (search: Record<string, unknown>) => `/api/v1/searches/${String(search['id'])}`;
    expect(await bob.json('DELETE', path(open))).toMatchObject({ body: { code: 'not-owner' } });
    expect(await bob.json('PUT', path(own), { name: 'mine' })).toMatchObject({ status: 404 });
    expect(await admin.json('PUT', path(open), { name: 'better' })).toMatchObject({ status: 200 });
    expect(await admin.json('DELETE', path(open))).toMatchObject({ status: 200 });
  });
});

describe('one’s own account', () => {
  it('shows where one is logged in, and ends it there', async () => {
    const here = await user('multi');
    const there = await TestClient.login(gateway.url, 'multi', PASSWORD);
    const { sessions } = (await here.json('GET', '/api/v1/account/sessions')).body as {
      sessions: { id: string; current: boolean }[];
    };
    expect(sessions.map(({ current }) => current).sort()).toEqual([false, true]);
    const other = sessions.find(({ current }) => !current)?.id ?? '';
    const stranger = await user('stranger');
    expect((await stranger.call('DELETE', `/api/v1/account/sessions/${other}`)).status).toBe(404);
    expect((await here.json('DELETE', `/api/v1/account/sessions/${other}`)).body).toEqual({
      revoked: 1,
    });
    expect((await there.call('GET', '/api/v1/count')).status).toBe(401);
    expect((await here.json('DELETE', '/api/v1/account/sessions')).body).toEqual({ revoked: 0 });
    expect((await here.call('GET', '/api/v1/count')).status).toBe(200);
  });

  it('changes the password by the present one', async () => {
    const client = await user('pass');
    const change = (password: string, newPassword: string) =>
      client.json('PUT', '/api/v1/account/password', { password, newPassword });
    expect(await change('wrong', 'another fine one')).toMatchObject({
      status: 403,
      body: { code: 'wrong-password' },
    });
    expect(await change(PASSWORD, 'short')).toMatchObject({ status: 400 });
    expect(await change(PASSWORD, 'another fine one')).toMatchObject({ status: 200 });
    await TestClient.login(gateway.url, 'pass', 'another fine one');
  });
});

describe('a stream', () => {
  it.each(['/api/v1/tail', '/api/v1/pipeline/health/stream'])(
    '%s ends when its user is locked out',
    async (path) => {
      const name = `stream${path.length}`;
      const client = await user(name);
      const stream = await openStream(gateway.url + path, { cookie: client.cookies });
      await stream.until(/connected/);
      const found = (await access.users.list()).find((one) => one.name === name);
      await admin.call('PUT', `/api/v1/users/${found?.id ?? ''}`, { disabled: true });
      await stream.ended();
    },
  );
});

describe('while access control is off', () => {
  let off: TestGateway;

  beforeAll(async () => {
    off = await startTestGateway();
  });

  afterAll(() => off.close());

  it('everybody may do everything', async () => {
    const client = new TestClient(off.url);
    expect((await client.json('GET', '/api/v1/session')).body).toMatchObject({
      auth: 'off',
      identity: { kind: 'anonymous', role: 'admin', services: null },
      csrf: null,
      methods: [],
    });
    expect((await client.call('GET', '/api/v1/quarantine')).status).toBe(200);
    expect((await client.call('POST', '/api/v1/search', {})).status).toBe(200);
  });

  it('there are no accounts', async () => {
    const client = new TestClient(off.url);
    for (const [method, path] of [
      ['GET', '/api/v1/users'],
      ['POST', '/api/v1/session'],
      ['DELETE', '/api/v1/session'],
      ['GET', '/api/v1/account/sessions'],
    ] as const)
      expect(await client.json(method, path, method === 'POST' ? {} : undefined)).toMatchObject({
        status: 409,
        body: { code: 'access-control-off' },
      });
  });
});

describe('whether access control is on', () => {
  it.each([
    [null, null, 'off'],
    [null, 'localhost', 'off'],
    [null, '127.0.0.1', 'off'],
    [null, '0.0.0.0', 'on'],
    [null, '192.0.2.1', 'on'],
    ['off', '0.0.0.0', 'off'],
    ['on', null, 'on'],
  ] as const)('is, set to %j and listening on %j, %s', (auth, host, mode) => {
    expect(accessMode(auth, host)).toBe(mode);
  });
});

it('a call that does not say who may make it does not start', () => {
  class SilentController {
    silent(): void {
      // Nothing: only its declaration counts.
    }
  }
  Get('silent')(
    SilentController.prototype,
    'silent',
    Object.getOwnPropertyDescriptor(SilentController.prototype, 'silent') as PropertyDescriptor,
  );
  Controller('api')(SilentController);
  expect(() => {
    checkDeclarations([SilentController]);
  }).toThrow('these calls need @Needs(permission) or @Open(): SilentController.silent');
});
