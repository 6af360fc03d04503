import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { EIGHT_O_CLOCK, storedEvent } from '../testing/event-builder.ts';
import { startTestGateway, type TestGateway } from '../testing/gateway-app.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
  gateway.search.add(
    storedEvent({
      level: 'error',
      message: 'Failed to connect to DB',
      resourceId: 'server-1234',
      traceId: 'abc-xyz-123',
      service: 'auth',
      metadata: { parentResourceId: 'server-0987' },
      parentResourceId: 'server-0987',
    }),
    storedEvent({
      ordinal: 1,
      timestamp: EIGHT_O_CLOCK + 1,
      service: 'api',
      traceId: 'abc-xyz-123',
    }),
    storedEvent({ ordinal: 2, timestamp: EIGHT_O_CLOCK + 60_000_000, levelText: 'NOTICE' }),
  );
});

afterAll(() => gateway.close());

async function get(path: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(gateway.url + path);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function post(path: string, body: unknown): Promise<{ status: number; body: unknown }> {
  const response = await fetch(gateway.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

const ids = (body: Record<string, unknown>): string[] =>
  (body['hits'] as { id: string }[]).map(({ id }) => id);

describe('search', () => {
  it('shows events as hits without their absent fields', async () => {
    const { status, body } = await get('/api/v1/search?q=level:error');
    expect(status).toBe(200);
    expect(body).toEqual({
      hits: [
        {
          id: '1-0',
          timestamp: '2023-09-15T08:00:00.000000Z',
          level: 'error',
          message: 'Failed to connect to DB',
          resourceId: 'server-1234',
          traceId: 'abc-xyz-123',
          service: 'auth',
          metadata: { parentResourceId: 'server-0987' },
        },
      ],
      nextCursor: null,
      partial: false,
      engines: ['memory'],
      tookMs: expect.any(Number),
    });
  });

  it('takes empty parameters as absent and pages by cursor', async () => {
    const first = await get('/api/v1/search?q=&from=&to=&limit=2&cursor=');
    expect(ids(first.body)).toEqual(['1-2', '1-1']);
    const second = await get(`/api/v1/search?limit=2&cursor=${String(first.body['nextCursor'])}`);
    expect(ids(second.body)).toEqual(['1-0']);
    expect(second.body['nextCursor']).toBeNull();
  });

  it.each([
    ['/api/v1/search?q=x'],
    ['/api/v1/export?q=x'],
    ['/api/v1/tail?q=x'],
    ['/api/v1/quarantine/replay?reason=x'],
    ['/logs/filter/?q=x'],
  ])('refuses parameters beside the body of POST %s', async (path) => {
    const { status, body } = await post(path, {});
    expect(status).toBe(400);
    expect(body).toMatchObject({ errors: [{ field: path.replace(/.*[?](.*)=x/, '$1') }] });
  });

  it('answers POST with JSON as GET', async () => {
    const request = {
      q: 'service:api',
      from: '-1m',
      to: 'now+1m',
      limit: 5,
      order: 'asc',
      explain: true,
    };
    const { status, body } = await post('/api/v1/search', request);
    expect(status).toBe(200);
    expect(ids(body as Record<string, unknown>)).toEqual(['1-1']);
    expect(body).toMatchObject({ plan: [{ engine: 'memory' }] });
  });

  it('takes from as inclusive, to as exclusive, and an unencoded plus', async () => {
    const range = 'from=2023-09-15T10:00:00.000001+02:00&to=2023-09-15T08:01:00Z';
    expect(ids((await get(`/api/v1/search?${range}`)).body)).toEqual(['1-1']);
  });

  it('names the place and what was expected when the query is wrong', async () => {
    const response = await fetch(`${gateway.url}/api/v1/search?q=level:error%20AND`);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    const problem = (await response.json()) as Record<string, unknown>;
    expect(problem).toMatchObject({ status: 400, code: 'query-syntax', title: 'Bad Request' });
    expect(problem['column']).toBeGreaterThan(1);
    expect(problem['length']).toEqual(expect.any(Number));
    expect(problem['expected']).not.toHaveLength(0);
    expect(problem).not.toHaveProperty('rewritten');
  });

  it('says how a query of another product is written here', async () => {
    const q = encodeURIComponent('{app="shop"} |= "timed out"');
    const { status, body } = await get(`/api/v1/search?q=${q}`);
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'query-syntax', rewritten: 'app:shop "timed out"' });
    const wrong = encodeURIComponent('{app="shop"} |~ "a{1000}{1000}"');
    expect((await get(`/api/v1/search?q=${wrong}`)).body).not.toHaveProperty('rewritten');
  });

  it('names everything that is wrong with the parameters', async () => {
    const path =
      '/api/v1/search?limit=0&order=up&from=yesterday&explain=1&budget=1h&form=x&to=a&to=b';
    const { status, body } = await get(path);
    expect(status).toBe(400);
    expect(body['code']).toBe('invalid-parameter');
    const fields = (body['errors'] as { field: string }[]).map(({ field }) => field).sort();
    expect(fields).toEqual(['budget', 'explain', 'form', 'from', 'limit', 'order', 'to']);
    expect(body['detail']).toContain('from 1 to 5000');
  });

  it.each([
    ['/api/v1/search?limit=5001', 'limit'],
    ['/api/v1/search?limit=1e2', 'limit'],
    ['/api/v1/search?from=now&to=-1h', 'to'],
    ['/api/v1/search?from=-999999999w', 'from'],
    ['/api/v1/search?budget=61s', 'budget'],
    ['/api/v1/histogram?interval=10x', 'interval'],
    ['/api/v1/histogram?interval=0m', 'interval'],
    ['/api/v1/histogram?interval=1s&from=-2h&to=now', 'interval'],
    ['/api/v1/facets', 'field'],
    ['/api/v1/context', 'id'],
    ['/api/v1/context?id=x', 'id'],
    ['/api/v1/context?id=1-0&before=-1', 'before'],
    ['/api/v1/context?id=1-0&scope=house', 'scope'],
  ])('refuses %s', async (path, field) => {
    const { status, body } = await get(path);
    expect(status).toBe(400);
    expect(body['errors']).toEqual([{ field, detail: expect.any(String) }]);
  });

  it('refuses a query of more than 8 KiB', async () => {
    const { status, body } = await post('/api/v1/search', { q: 'a'.repeat(8_193) });
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain('at most 8192');
  });

  it('says that a cursor is not valid', async () => {
    const { status, body } = await get('/api/v1/search?cursor=x');
    expect(status).toBe(400);
    expect(body['code']).toBe('invalid-cursor');
  });

  it.each([['[]'], ['"x"'], ['{'], ['{"q":{}}']])('refuses the body %s', async (body) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${gateway.url}/api/v1/search`, { method: 'POST', headers, body });
    expect(response.status).toBe(400);
  });

  it('takes members of __proto__ for nothing', async () => {
    const headers = { 'content-type': 'application/json' };
    const body = '{"__proto__":{"limit":1}}';
    const response = await fetch(`${gateway.url}/api/v1/search`, { method: 'POST', headers, body });
    expect(response.status).toBe(400);
  });
});

describe('count, histogram, facets, context and traces', () => {
  it('counts', async () => {
    expect((await get('/api/v1/count?q=-service:auth')).body).toEqual({ count: 2, partial: false });
    expect((await post('/api/v1/count', {})).body).toEqual({ count: 3, partial: false });
  });

  it('makes a histogram', async () => {
    const expected = {
      interval: '1m',
      buckets: [
        { start: '2023-09-15T08:00:00.000000Z', counts: { error: 1, info: 1 } },
        { start: '2023-09-15T08:01:00.000000Z', counts: { info: 1 } },
      ],
      partial: false,
    };
    expect((await get('/api/v1/histogram?interval=60s')).body).toEqual(expected);
    expect((await post('/api/v1/histogram', { interval: '1m' })).body).toEqual(expected);
  });

  it('makes facets', async () => {
    const expected = {
      field: 'service',
      values: [
        { value: 'auth', count: 1 },
        { value: 'api', count: 1 },
      ],
      partial: false,
    };
    expect((await get('/api/v1/facets?field=service')).body).toEqual(expected);
    expect((await post('/api/v1/facets', { field: 'service' })).body).toEqual(expected);
  });

  it('shows what surrounds an event', async () => {
    expect(ids((await get('/api/v1/context?id=1-1&before=1&after=0')).body)).toEqual([
      '1-0',
      '1-1',
    ]);
    const missing = await get('/api/v1/context?id=9-9');
    expect(missing.status).toBe(404);
    expect(missing.body['code']).toBe('not-found');
  });

  it('shows a trace', async () => {
    expect(ids((await get('/api/v1/traces/abc-xyz-123')).body)).toEqual(['1-0', '1-1']);
    expect((await get('/api/v1/traces/none')).body).toEqual({ hits: [] });
    const posted = await post('/api/v1/traces/abc-xyz-123', { budget: '5s' });
    expect(ids(posted.body as Record<string, unknown>)).toEqual(['1-0', '1-1']);
  });
});

describe('patterns', () => {
  it('are messages with their counts, slots and times', async () => {
    const { status, body } = await get('/api/v1/patterns?q=level:error');
    expect(status).toBe(200);
    expect(body).toEqual({
      patterns: [
        {
          template: 'Failed to connect to DB',
          count: 1,
          levels: { error: 1 },
          example: { id: '1-0', message: 'Failed to connect to DB' },
          firstSeen: '2023-09-15T08:00:00.000000Z',
          lastSeen: '2023-09-15T08:00:00.000000Z',
          counts: [1],
        },
      ],
      start: '2023-09-15T08:00:00.000000Z',
      slotSeconds: 1,
      events: 1,
      templates: 1,
      others: 0,
      partial: false,
    });
  });

  it('are none where nothing matches', async () => {
    const { body } = await post('/api/v1/patterns', { q: 'nothing' });
    expect(body).toMatchObject({ patterns: [], events: 0, start: null });
  });

  it('refuse more than they may give', async () => {
    expect((await get('/api/v1/patterns?limit=1001')).status).toBe(400);
  });
});

describe('field statistics', () => {
  it('count events, those that have the field, and values', async () => {
    const { status, body } = await get('/api/v1/field-statistics?field=service');
    expect(status).toBe(200);
    expect(body).toEqual({
      field: 'service',
      events: 3,
      present: 2,
      distinct: 2,
      numbers: null,
      partial: false,
    });
  });

  it('need a field', async () => {
    expect((await get('/api/v1/field-statistics')).status).toBe(400);
  });
});
