import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { startTestGateway, type TestGateway } from '../testing/gateway-app.ts';
import type { ReplayOutcome } from './quarantined-events.ts';

let gateway: TestGateway;
let outcomes: Map<string, ReplayOutcome>;
let replayed: string[];

beforeEach(async () => {
  outcomes = new Map();
  replayed = [];
  gateway = await startTestGateway({
    replay: (raw, id) => {
      replayed.push(`${id} ${raw.toString()}`);
      return Promise.resolve(outcomes.get(id) ?? { kind: 'accepted' });
    },
  });
  for (let id = 1; id <= 250; id++) {
    gateway.quarantine.add(
      String(id),
      id % 2 === 0 ? 'poison' : 'key-reused',
      `{"message":"${id}"}`,
    );
  }
});

afterEach(() => gateway.close());

async function call(method: string, path: string, body?: unknown) {
  const response = await fetch(`${gateway.url}/api/v1/quarantine${path}`, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  return { response, body: (await response.json()) as Record<string, unknown> };
}

describe('the quarantine', () => {
  it('is listed newest first, by reason, a page at a time', async () => {
    const first = await call('GET', '?reason=poison&limit=100');
    expect(first.body['entries']).toHaveLength(100);
    expect((first.body['entries'] as unknown[])[0]).toEqual({
      id: '250',
      quarantinedAt: '2023-09-15T08:00:00.000000Z',
      reason: 'poison',
      detail: 'poison in a column',
      events: 1,
    });
    const cursor = String(first.body['nextCursor']);
    const second = await call('GET', `?reason=poison&limit=100&cursor=${cursor}`);
    expect(second.body['entries']).toHaveLength(25);
    expect(second.body['nextCursor']).toBeNull();
  });

  it('gives the bytes as they were sent, as a download', async () => {
    const response = await fetch(`${gateway.url}/api/v1/quarantine/7`);
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(response.headers.get('content-disposition')).toContain('attachment');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await response.text()).toBe('{"message":"7"}');
  });

  it('deletes an entry', async () => {
    expect((await call('DELETE', '/7')).body).toEqual({ deleted: true });
    expect((await call('DELETE', '/7')).response.status).toBe(404);
    expect((await call('GET', '/7')).response.status).toBe(404);
    expect((await call('GET', '/x')).response.status).toBe(404);
  });

  it('replays by id: what is accepted leaves, what is rejected stays', async () => {
    outcomes.set('2', { kind: 'rejected', reason: 'message: it is too long' });
    const { response, body } = await call('POST', '/replay', { ids: ['1', '2', '9999'] });
    expect(response.status).toBe(200);
    expect(body).toEqual({
      replayed: 1,
      rejected: [{ id: '2', reason: 'message: it is too long' }],
      unknown: ['9999'],
      partial: false,
    });
    expect(replayed).toEqual(['1 {"message":"1"}', '2 {"message":"2"}']);
    expect((await call('GET', '/1')).response.status).toBe(404);
    const kept = await fetch(`${gateway.url}/api/v1/quarantine/2`);
    expect(kept.status).toBe(200);
  });

  it('replays everything of a reason, over pages', async () => {
    const { body } = await call('POST', '/replay', { reason: 'poison' });
    expect(body).toEqual({ replayed: 125, rejected: [], unknown: [], partial: false });
    expect(gateway.quarantine.items).toHaveLength(125);
  });

  it('keeps the rest when the intake cannot take more', async () => {
    outcomes.set('2', { kind: 'unavailable', retryAfterSeconds: 3, reason: 'the queue is full' });
    const { response, body } = await call('POST', '/replay', { ids: ['1', '2', '3'] });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('3');
    expect(body['code']).toBe('replay-unavailable');
    expect(replayed).toHaveLength(2);
    expect(gateway.quarantine.items).toHaveLength(249);
  });

  it.each([
    [{}],
    [{ ids: [] }],
    [{ ids: 'x' }],
    [{ ids: ['x'] }],
    [{ ids: Array.from({ length: 1_001 }, (_, n) => String(n)) }],
    [{ reason: 7 }],
    [{ reason: 'poison', ids: ['1'] }],
    [{ ids: ['1'], id: '2' }],
  ])('refuses to replay %j', async (request) => {
    expect((await call('POST', '/replay', request)).response.status).toBe(400);
    expect(replayed).toEqual([]);
  });
});
