import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import type { NotSimilar } from '#search';

import { storedEvent } from '../testing/event-builder.ts';
import { startTestGateway, type TestGateway } from '../testing/gateway-app.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
  gateway.search.add(
    storedEvent({ message: 'connection refused' }),
    storedEvent({ ordinal: 1, message: 'connection reset' }),
  );
});

afterEach(() => {
  gateway.search.notSimilar = null;
  gateway.search.hasIndex = true;
});

afterAll(() => gateway.close());

async function get(path: string) {
  const response = await fetch(gateway.url + path);
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    body: (await response.json()) as Record<string, unknown>,
  };
}

describe('mode=similar', () => {
  it('gives hits with their scores in one page', async () => {
    const { status, body } = await get('/api/v1/search?mode=similar&q=connection&explain=true');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      hits: [
        { id: '1-1', message: 'connection reset', score: 1, metadata: {} },
        { id: '1-0', message: 'connection refused', score: 0.5 },
      ],
      nextCursor: null,
      partial: false,
      engines: ['memory'],
      plan: [{ engine: 'memory' }],
    });
  });

  it('takes the same members in a body', async () => {
    const response = await fetch(`${gateway.url}/api/v1/search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ mode: 'similar', q: 'connection', limit: 1 }),
    });
    expect(await response.json()).toMatchObject({ hits: [{ id: '1-1', score: 1 }] });
  });

  it.each<[NotSimilar, number, string]>([
    [{ kind: 'no-index' }, 501, 'no-search-index'],
    [{ kind: 'no-words' }, 400, 'similar-needs-words'],
    [{ kind: 'not-covered' }, 409, 'range-not-indexed'],
    [{ kind: 'unavailable', reason: 'no answer' }, 503, 'search-index-unavailable'],
  ])('answers %j with %i %s and the remedy', async (answer, expected, code) => {
    gateway.search.notSimilar = answer;
    const { status, body, retryAfter } = await get('/api/v1/search?mode=similar&q=x');
    expect([status, body['code']]).toEqual([expected, code]);
    expect(body['detail']).toMatch(/or search without mode=similar\.$/);
    expect(retryAfter).toBe(expected === 503 ? '5' : null);
  });

  it('takes no cursor', async () => {
    const { status, body } = await get('/api/v1/search?mode=similar&q=x&cursor=1');
    expect([status, body['code']]).toEqual([400, 'invalid-parameter']);
    expect(body['errors']).toEqual([{ field: 'cursor', detail: expect.any(String) }]);
  });

  it('is not the default', async () => {
    const { body } = await get('/api/v1/search?q=connection');
    expect(JSON.stringify(body)).not.toContain('score');
    expect((await get('/api/v1/search?mode=fuzzy')).status).toBe(400);
  });

  it('is listed with the reason where it is not there', async () => {
    const modes = async () => (await get('/api/v1/search/modes')).body['modes'];
    const exact = { mode: 'exact', available: true };
    expect(await modes()).toEqual([exact, { mode: 'similar', available: true }]);
    gateway.search.hasIndex = false;
    expect(await modes()).toEqual([
      exact,
      { mode: 'similar', available: false, reason: expect.stringContaining('MEILI_URL') },
    ]);
  });
});
