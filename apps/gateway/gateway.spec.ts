import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { buildEvent } from '../../libs/query/testing/build-event.ts';
import { openSearchFixture, type SearchFixture } from '../../libs/search/testing/search-fixture.ts';
import { EIGHT_O_CLOCK } from './testing/event-builder.ts';
import { startTestGateway, type TestGateway } from './testing/gateway-app.ts';

let fixture: SearchFixture;
let gateway: TestGateway;

const COUNT = 3_000;

beforeAll(async () => {
  fixture = await openSearchFixture();
  const events = Array.from({ length: COUNT }, (_, n) =>
    buildEvent({
      timestamp: EIGHT_O_CLOCK + n * 1_000,
      level: n % 10 === 0 ? 'error' : 'info',
      message: `request ${n} finished`,
      service: n % 2 === 0 ? 'api' : 'auth',
      traceId: `trace-${Math.floor(n / 3)}`,
      metadata: { number: n },
    }),
  );
  await fixture.store(events.slice(0, 1_000), events.slice(1_000));
  gateway = await startTestGateway({
    search: fixture.search,
    quarantine: fixture.test.store.quarantine,
  });
});

afterAll(async () => {
  await gateway.close();
  await fixture.close();
});

async function get(path: string): Promise<Record<string, unknown>> {
  const response = await fetch(gateway.url + path);
  const body = (await response.json()) as Record<string, unknown>;
  expect({ status: response.status, body: response.ok ? null : body }).toEqual({
    status: 200,
    body: null,
  });
  return body;
}

type Hit = { id: string; timestamp: string; message: string; metadata: { number: number } };
const hits = (body: Record<string, unknown>): Hit[] => (body['hits'] ?? body['logs']) as Hit[];
const numbers = (body: Record<string, unknown>): number[] =>
  hits(body).map(({ metadata }) => metadata.number);

describe('the gateway over Postgres', () => {
  it('searches page by page without a gap', async () => {
    const seen: number[] = [];
    let cursor = '';
    do {
      const page = await get(`/api/v1/search?q=level:error&limit=70&cursor=${cursor}`);
      seen.push(...numbers(page));
      cursor = (page['nextCursor'] as string | null) ?? '';
    } while (cursor !== '');
    expect(seen).toEqual(Array.from({ length: 300 }, (_, n) => 2_990 - n * 10));
  });

  it('counts, groups by time and by value', async () => {
    expect(await get('/api/v1/count?q=service:api')).toEqual({ count: 1_500, partial: false });
    const histogram = await get('/api/v1/histogram?interval=1s');
    expect(histogram['buckets']).toEqual(
      [0, 1, 2].map((second) => ({
        start: `2023-09-15T08:00:0${second}.000000Z`,
        counts: { info: 900, error: 100 },
      })),
    );
    expect((await get('/api/v1/facets?field=service'))['values']).toEqual([
      { value: 'api', count: 1_500 },
      { value: 'auth', count: 1_500 },
    ]);
  });

  it('shows a trace and what surrounds an event', async () => {
    expect(numbers(await get('/api/v1/traces/trace-5'))).toEqual([15, 16, 17]);
    const [hit] = hits(await get('/api/v1/search?q=metadata.number:15'));
    expect(numbers(await get(`/api/v1/context?id=${hit!.id}&before=2&after=1`))).toEqual([
      13, 14, 15, 16,
    ]);
  });

  it('exports everything', async () => {
    const text = await (await fetch(`${gateway.url}/api/v1/export?order=asc`)).text();
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Hit);
    expect(lines.map(({ metadata }) => metadata.number)).toEqual([...Array(COUNT).keys()]);
  });

  it('answers the calls of earlier ingestors', async () => {
    const response = await fetch(`${gateway.url}/logs/filter/`, {
      method: 'POST',
      body: '[{"key":"message","value":"REQUEST 7 ","operation":"contains"}]',
    });
    expect(numbers((await response.json()) as Record<string, unknown>)).toEqual([7]);
    const path =
      '/logs/retrieve?logLevel=ERROR&startTime=2023-09-15T08:00:00Z&endTime=2023-09-15T08:00:00.020Z';
    expect(numbers(await get(path))).toEqual([20, 10, 0]);
  });

  it('refuses a cursor of another order', async () => {
    const { nextCursor } = await get('/api/v1/search?limit=1');
    const path = `/api/v1/search?limit=1&order=asc&cursor=${String(nextCursor)}`;
    expect((await fetch(gateway.url + path)).status).toBe(400);
    expect((await fetch(`${gateway.url}/api/v1/tail?lastEventId=x`)).status).toBe(400);
  });

  it('tails what is stored from now on', async () => {
    const abort = new AbortController();
    const response = await fetch(`${gateway.url}/api/v1/tail?q=level:fatal`, {
      signal: abort.signal,
    });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = (await reader.read()).value ?? '';
    await fixture.store([
      buildEvent({ timestamp: EIGHT_O_CLOCK - 1, level: 'fatal', message: 'live' }),
    ]);
    while (!text.includes('data: ')) text += (await reader.read()).value ?? '';
    expect(text).toMatch(/^id: \S+\ndata: \{.*"message":"live".*\}$/m);
    abort.abort();
  });

  it('has an empty quarantine', async () => {
    expect(await get('/api/v1/quarantine')).toEqual({ entries: [], nextCursor: null });
  });
});
