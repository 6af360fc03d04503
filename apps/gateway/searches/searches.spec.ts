import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { startTestGateway, type TestGateway } from '../testing/gateway-app.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
});

beforeEach(() => {
  gateway.searches.items.length = 0;
});

afterAll(() => gateway.close());

const SEARCH = {
  name: 'Errors',
  folder: 'payments',
  q: 'level:error',
  from: '-24h',
  to: null,
  columns: 'service,metadata.region',
};

async function call(method: string, path = '', body?: object) {
  const response = await fetch(`${gateway.url}/api/v1/searches${path}`, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('saved searches', () => {
  it('are saved, listed, replaced and deleted', async () => {
    const added = await call('POST', '', SEARCH);
    expect(added).toEqual({
      status: 200,
      body: {
        ...SEARCH,
        id: expect.any(String),
        columns: ['service', 'metadata.region'],
        shared: true,
        owner: 'anonymous',
        editable: true,
        createdAt: '2023-09-15T08:00:00.000000Z',
        updatedAt: '2023-09-15T08:00:00.000000Z',
      },
    });
    expect((await call('GET')).body).toEqual({ searches: [added.body] });
    const path = `/${String(added.body['id'])}`;
    const replaced = await call('PUT', path, { name: ' Other ' });
    expect(replaced.body).toMatchObject({ name: 'Other', folder: '', q: '', columns: null });
    expect((await call('DELETE', path)).body).toEqual({ deleted: true });
    expect((await call('DELETE', path)).status).toBe(404);
    expect((await call('PUT', path, SEARCH)).status).toBe(404);
  });

  it.each([
    [{ ...SEARCH, name: '' }, 'name'],
    [{ ...SEARCH, name: '  ' }, 'name'],
    [{ ...SEARCH, name: 'x'.repeat(201) }, 'name'],
    [{ ...SEARCH, from: 'yesterday' }, 'from'],
    [{ ...SEARCH, columns: 'a,,b' }, 'columns'],
    [{ ...SEARCH, owner: 'me' }, 'owner'],
    [{ ...SEARCH, shared: 'yes' }, 'shared'],
  ])('refuse %j for its %s', async (body, field) => {
    const answer = await call('POST', '', body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ errors: [{ field }] });
  });

  it('refuse a query that cannot be read', async () => {
    const answer = await call('POST', '', { ...SEARCH, q: 'level:(error' });
    expect(answer.body).toMatchObject({ status: 400, code: 'query-syntax', column: 13 });
  });

  it('cannot be private while there are no users', async () => {
    expect(await call('POST', '', { ...SEARCH, shared: false })).toMatchObject({
      status: 409,
      body: { code: 'access-control-off' },
    });
  });

  it('have one name in a folder, and a bound', async () => {
    await call('POST', '', SEARCH);
    expect(await call('POST', '', SEARCH)).toMatchObject({
      status: 409,
      body: { code: 'name-taken' },
    });
    gateway.searches.most = 1;
    expect(await call('POST', '', { ...SEARCH, name: 'Another' })).toMatchObject({
      status: 409,
      body: { code: 'too-many-searches' },
    });
    gateway.searches.most = 1_000;
  });
});
