import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { startTestGateway, type TestGateway } from '../testing/gateway-app.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
});

beforeEach(() => {
  gateway.tokens.items.length = 0;
  gateway.tokens.most = 1_000;
});

afterAll(() => gateway.close());

async function call(method: string, path = '', body?: object) {
  const response = await fetch(`${gateway.url}/api/v1/tokens${path}`, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const WEB = {
  name: 'web',
  services: ['web', 'api', 'web'],
  eventsPerSecond: 500,
  burst: 2_000,
  bytesPerDay: 5_000_000_000,
  expiresAt: 'now+90d',
};

const SHOWN = {
  id: expect.any(String),
  name: 'web',
  state: 'active',
  services: ['api', 'web'],
  eventsPerSecond: 500,
  burst: 2_000,
  bytesPerDay: 5_000_000_000,
  disabled: false,
  createdAt: '2023-09-15T08:00:00.000000Z',
  rotatedAt: null,
  expiresAt: '2023-12-14T08:00:00.000000Z',
  previousUntil: null,
  today: { events: 0, bytes: 0 },
};

async function create(body: object = WEB): Promise<string> {
  const { status, body: answer } = await call('POST', '', body);
  expect(status).toBe(200);
  return (answer['token'] as { id: string }).id;
}

describe('ingest tokens', () => {
  it('are made, listed, changed, rotated and revoked; their text is in the answers that made it', async () => {
    const made = await call('POST', '', WEB);
    expect(made).toEqual({
      status: 200,
      body: { token: SHOWN, text: expect.stringMatching(/^pst_/) },
    });
    expect((await call('GET')).body).toEqual({ tokens: [SHOWN] });
    const path = `/${(made.body['token'] as { id: string }).id}`;
    const changed = await call('PUT', path, { name: ' site ', disabled: true });
    expect(changed.body).toMatchObject({
      name: 'site',
      state: 'disabled',
      services: null,
      eventsPerSecond: null,
      bytesPerDay: null,
      expiresAt: null,
    });
    expect(changed.body).not.toHaveProperty('text');
    const rotated = await call('POST', `${path}/rotate`, { graceSeconds: 3_600 });
    expect(rotated.body).toMatchObject({
      text: expect.stringMatching(/^pst_/),
      token: { previousUntil: '2023-09-15T09:00:00.000000Z' },
    });
    expect((await call('POST', `${path}/rotate`)).body).toMatchObject({
      token: { previousUntil: '2023-09-16T08:00:00.000000Z' },
    });
    expect((await call('DELETE', path)).body).toEqual({ deleted: true });
    for (const [method, at] of [
      ['DELETE', path],
      ['POST', `${path}/rotate`],
    ] as const)
      expect((await call(method, at)).status).toBe(404);
    expect((await call('PUT', path, WEB)).status).toBe(404);
  });

  it.each([
    [{ ...WEB, name: '' }, 'name'],
    [{ ...WEB, name: ' ' }, 'name'],
    [{ ...WEB, name: 'a\u0000b' }, 'name'],
    [{ ...WEB, name: 'x'.repeat(101) }, 'name'],
    [{ ...WEB, services: [] }, 'services'],
    [{ ...WEB, services: 'web' }, 'services'],
    [{ ...WEB, services: [''] }, 'services'],
    [{ ...WEB, services: Array(101).fill('x') }, 'services'],
    [{ ...WEB, eventsPerSecond: 0 }, 'eventsPerSecond'],
    [{ ...WEB, eventsPerSecond: 1.5 }, 'eventsPerSecond'],
    [{ ...WEB, eventsPerSecond: -1 }, 'eventsPerSecond'],
    [{ ...WEB, eventsPerSecond: null }, 'burst'],
    [{ ...WEB, bytesPerDay: 1e18 }, 'bytesPerDay'],
    [{ ...WEB, expiresAt: 'now-1h' }, 'expiresAt'],
    [{ ...WEB, expiresAt: 'soon' }, 'expiresAt'],
    [{ ...WEB, disabled: 'maybe' }, 'disabled'],
    [{ ...WEB, secret: 'x' }, 'secret'],
  ])('are refused for what is wrong: %j', async (body, field) => {
    const answer = await call('POST', '', body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ errors: [{ field }] });
  });

  it.each([[-1], [31 * 86_400], ['x']])(
    'are not rotated with a grace of %j',
    async (graceSeconds) => {
      const id = await create();
      const answer = await call('POST', `/${id}/rotate`, { graceSeconds });
      expect(answer.body).toMatchObject({ status: 400, errors: [{ field: 'graceSeconds' }] });
    },
  );

  it('have names that differ, and are no more than a bound', async () => {
    await create();
    expect(await call('POST', '', WEB)).toMatchObject({
      status: 409,
      body: { code: 'name-taken' },
    });
    const other = await create({ name: 'other' });
    expect(await call('PUT', `/${other}`, WEB)).toMatchObject({ status: 409 });
    gateway.tokens.most = 2;
    expect(await call('POST', '', { name: 'third' })).toMatchObject({
      status: 409,
      body: { code: 'too-many-tokens' },
    });
  });
});
