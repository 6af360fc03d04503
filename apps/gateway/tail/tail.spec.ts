import { once } from 'node:events';
import { connect } from 'node:net';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { storedEvent } from '../testing/event-builder.ts';
import { startTestGateway, type TestGateway } from '../testing/gateway-app.ts';
import { openStream, type TestStream } from '../testing/open-stream.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway({}, { sseCommentMs: 50, sseStallMs: 400, concurrentTails: 3 });
});

afterAll(() => gateway.close());

beforeEach(() => {
  gateway.search.events.length = 0;
});

const openTail = (path: string, headers?: Record<string, string>): Promise<TestStream> =>
  openStream(gateway.url + path, headers);

const running = (): number => gateway.search.tails;

async function waitFor(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe('tail', () => {
  it('answers at once, comments while nothing happens, and sends what is stored', async () => {
    const tail = await openTail('/api/v1/tail?q=level:error');
    expect(tail.response.status).toBe(200);
    expect(tail.response.headers.get('content-type')).toContain('text/event-stream');
    expect(await tail.until(/retry/)).toMatch(/^: connected\n/);
    await tail.until(/: still here\n\n: still here\n\n/);
    gateway.search.add(storedEvent(), storedEvent({ ordinal: 1, level: 'error', message: 'a\nb' }));
    const text = await tail.until(/data: .*\n\n/);
    const data = /^id: 2\ndata: (.*)\n\n/m.exec(text)?.[1] ?? '';
    expect(JSON.parse(data)).toMatchObject({ id: '1-1', level: 'error', message: 'a\nb' });
    tail.close();
    await waitFor(() => running() === 0);
  });

  it.each([
    ['the header', '/api/v1/tail', { 'last-event-id': '1' }],
    ['the parameter', '/api/v1/tail?lastEventId=1', {}],
  ])('resumes after the position of %s', async (_, path, headers) => {
    gateway.search.add(storedEvent(), storedEvent({ ordinal: 1 }));
    const tail = await openTail(path, headers);
    const text = await tail.until(/data: .*\n\n/);
    // The greeting has the position that the tail starts after.
    expect(text.match(/^id: .*$/gm)).toEqual(['id: 1', 'id: 2']);
    tail.close();
    await waitFor(() => running() === 0);
  });

  it('refuses a query and a position that are not valid', async () => {
    const query = await fetch(`${gateway.url}/api/v1/tail?q=(`);
    expect(query.status).toBe(400);
    const position = await fetch(`${gateway.url}/api/v1/tail?lastEventId=x`);
    expect(position.status).toBe(400);
    expect(await position.json()).toMatchObject({
      code: 'invalid-cursor',
      errors: [{ field: 'lastEventId' }],
    });
  });

  it('bounds the tails that are open', async () => {
    const tails = await Promise.all([1, 2, 3].map(() => openTail('/api/v1/tail')));
    const refused = await fetch(`${gateway.url}/api/v1/tail`);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    for (const tail of tails) tail.close();
    await waitFor(() => running() === 0);
  });

  it('cuts off a client that does not read', async () => {
    const { port, hostname } = new URL(gateway.url);
    const socket = connect(Number(port), hostname);
    socket.write('GET /api/v1/tail HTTP/1.1\r\nHost: test\r\n\r\n');
    await once(socket, 'readable');
    socket.read();
    const message = 'x'.repeat(100_000);
    gateway.search.add(
      ...Array.from({ length: 200 }, (_, ordinal) => storedEvent({ ordinal, message })),
    );
    await waitFor(() => running() === 0);
    expect(gateway.log.join()).toContain('had not read');
    socket.destroy();
  });

  it('ends when the gateway stops', async () => {
    const other = await startTestGateway();
    const response = await fetch(`${other.url}/api/v1/tail`);
    const text = response.text();
    await other.close();
    expect(await text).toContain(': connected');
  });
});
