import { once } from 'node:events';
import { connect } from 'node:net';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import {
  buildHealth,
  buildProcess,
  NOON,
} from '../../../libs/store/heartbeat/testing/build-process.ts';
import { startTestGateway, type TestGateway } from '../testing/gateway-app.ts';
import { openStream } from '../testing/open-stream.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway(
    {},
    { sseCommentMs: 50, sseStallMs: 400, concurrentHealthStreams: 2 },
  );
});
afterAll(() => gateway.close());
beforeEach(() => {
  gateway.health.health = buildHealth();
});

const PATH = '/api/v1/pipeline/health';
const open = (): ReturnType<typeof openStream> => openStream(`${gateway.url}${PATH}/stream`);

async function read(): Promise<Record<string, unknown>> {
  const response = await fetch(gateway.url + PATH);
  expect(response.status).toBe(200);
  expect(response.headers.get('cache-control')).toBe('no-store');
  return (await response.json()) as Record<string, unknown>;
}

async function waitFor(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe('pipeline health', () => {
  it('is what the processes say, with times as text', async () => {
    gateway.health.health = buildHealth({ processes: [buildProcess({ figures: {} })] });
    expect(await read()).toEqual({
      status: 'ok',
      notices: [],
      at: '2026-03-10T12:00:00.000000Z',
      stale: null,
      processes: [
        {
          id: 'a',
          kind: 'writer',
          version: '1.0.0',
          host: 'host',
          startedAt: '2026-03-10T11:59:00.000000Z',
          lastSeen: '2026-03-10T12:00:00.000000Z',
          state: 'alive',
          figures: {},
        },
      ],
      ingest: { events: { last10s: 0, last1m: 0 }, bytes: { last10s: 0, last1m: 0 } },
      written: { events: { last10s: 0, last1m: 0 } },
      backlog: { ready: 0, unacked: 0, bytes: 0 },
      oldestUnwrittenSeconds: 0,
      index: null,
      quarantine: { count: 0, more: false },
      away: [],
    });
  });

  it('names what is wrong, the worst first', async () => {
    const minute = 60_000_000;
    gateway.health.health = buildHealth({
      stale: { since: NOON, reason: 'refused' },
      backlog: { ready: 3, unacked: 0, bytes: null },
      away: [{ name: 'postgres', since: NOON, reason: 'refused', seenBy: [] }],
      processes: [
        buildProcess({ state: 'dead', lastSeen: NOON - minute }),
        buildProcess({ id: 'b', state: 'dead', lastSeen: NOON - 11 * minute }),
        buildProcess({ id: 'c', kind: 'gateway' }),
      ],
    });
    const { status, notices, stale, away } = await read();
    expect(status).toBe('attention');
    expect(notices).toMatchObject([
      { code: 'stale', subject: null },
      {
        code: 'no-writer',
        subject: null,
        detail: 'No writer runs, and 3 batches wait to be written.',
      },
      {
        code: 'dependency-away',
        subject: 'postgres',
        detail: 'Postgres cannot be reached: refused',
      },
      { code: 'process-died', subject: 'a' },
    ]);
    expect(stale).toEqual({ since: '2026-03-10T12:00:00.000000Z', reason: 'refused' });
    expect(away).toMatchObject([{ since: '2026-03-10T12:00:00.000000Z' }]);
  });
});

describe('the stream of it', () => {
  it('sends the state at once, then what happens, and comments in between', async () => {
    const stream = await open();
    expect(stream.response.headers.get('content-type')).toContain('text/event-stream');
    const first = await stream.until(/^event: health\ndata: .*\n\n/m);
    expect(first).toMatch(/^: connected\nretry: 1000\n\nevent: health\n/);
    await stream.until(/: still here\n\n: still here\n\n/);
    gateway.health.tell(
      {
        kind: 'event',
        event: {
          name: 'process-died',
          at: NOON,
          process: { id: 'a', kind: 'writer', host: 'h', lastSeen: NOON - 6_000_000 },
        },
      },
      {
        kind: 'event',
        event: { name: 'dependency-away', at: NOON, dependency: 'rabbitmq', reason: 'refused' },
      },
      { kind: 'health', health: buildHealth({ processes: [buildProcess({ state: 'dead' })] }) },
    );
    const text = await stream.until(/"state":"dead".*\n\n/);
    const events = [...text.matchAll(/^event: (.*)\ndata: (.*)$/gm)].slice(1);
    expect(events.map(([, name]) => name)).toEqual(['process-died', 'dependency-away', 'health']);
    expect(JSON.parse(events[0]![2]!)).toEqual({
      at: '2026-03-10T12:00:00.000000Z',
      process: { id: 'a', kind: 'writer', host: 'h', lastSeen: '2026-03-10T11:59:54.000000Z' },
    });
    expect(JSON.parse(events[1]![2]!)).toEqual({
      at: '2026-03-10T12:00:00.000000Z',
      dependency: 'rabbitmq',
      reason: 'refused',
    });
    stream.close();
    await waitFor(() => gateway.health.followers === 0);
  });

  it('is bounded in number, and gives its places back', async () => {
    const streams = await Promise.all([open(), open()]);
    await Promise.all(streams.map((stream) => stream.until(/event: health/)));
    const refused = await fetch(`${gateway.url}${PATH}/stream`);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    for (const stream of streams) stream.close();
    await waitFor(() => gateway.health.followers === 0);
    const next = await open();
    await next.until(/event: health/);
    next.close();
    await waitFor(() => gateway.health.followers === 0);
  });

  it('cuts off a client that does not read', async () => {
    gateway.health.health = buildHealth({
      processes: Array.from({ length: 100_000 }, (_, i) => buildProcess({ id: String(i) })),
    });
    const { port, hostname } = new URL(gateway.url);
    const socket = connect(Number(port), hostname);
    socket.write(`GET ${PATH}/stream HTTP/1.1\r\nHost: test\r\n\r\n`);
    await once(socket, 'readable');
    socket.read();
    await waitFor(() => gateway.log.join().includes('had not read'));
    await waitFor(() => gateway.health.followers === 0);
    socket.destroy();
  });

  it('answers HEAD with the headers alone', async () => {
    const head = await fetch(`${gateway.url}${PATH}/stream`, { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(head.headers.get('content-type')).toContain('text/event-stream');
    expect(gateway.health.followers).toBe(0);
  });

  it('ends when the gateway stops', async () => {
    const other = await startTestGateway();
    const stream = await openStream(`${other.url}${PATH}/stream`);
    await stream.until(/event: health/);
    await Promise.all([other.close(), stream.ended()]);
  });
});
