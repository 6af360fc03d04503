import {
  brotliCompressSync,
  constants,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib';
import { request as httpRequest, STATUS_CODES } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryStore } from '../../libs/delivery/testing/memory-store.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Record<string, unknown>;
}

type Headings = Record<string, string>;

const FAST_BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };

let store: MemoryStore;
let server: TestServer;

const JSON_TYPE = { 'content-type': 'application/json' };
const EVENT = {
  level: 'error',
  message: 'Failed to connect to DB',
  timestamp: '2023-09-15T08:00:00Z',
};

async function post(
  path: string,
  body: string | Buffer | Uint8Array,
  headers: Headings = JSON_TYPE,
  url = server.url,
): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers,
  });
  const json = (await response.json()) as Record<string, unknown>;
  return { status: response.status, headers: response.headers, json };
}

function expectProblem(answer: Answer, status: number, code: string): void {
  expect(answer.json).toMatchObject({
    status,
    code,
    title: expect.any(String),
    detail: expect.any(String),
  });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(JSON.stringify(answer.json)).not.toMatch(/\.ts:|node_modules/);
}

beforeAll(async () => {
  store = new MemoryStore();
  server = await startTestServer(store);
});
afterAll(() => server.close());
beforeEach(() => {
  store.commits.length = 0;
});

describe('the ingest calls', () => {
  const paths = [
    '/',
    '/logs',
    '/logs/',
    '/logs/batch',
    '/logs/batch/',
    '/logs/ingest',
    '/logs/ingest/',
    '/log-event',
    '/log-event/',
  ];
  it.each(paths)('POST %s stores one event', async (path) => {
    const answer = await post(path, JSON.stringify(EVENT));
    expect(answer.status).toBe(202);
    expect(answer.json).toEqual({
      accepted: 1,
      rejected: [],
      batchId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(store.messages()).toEqual(['Failed to connect to DB']);
  });

  it.each(paths)('POST %s stores an array', async (path) => {
    const answer = await post(path, JSON.stringify([EVENT, { ...EVENT, message: 'second' }]));
    expect(answer).toMatchObject({ status: 202, json: { accepted: 2, rejected: [] } });
    expect(store.messages()).toEqual(['Failed to connect to DB', 'second']);
  });

  it.each([
    ['application/json'],
    ['application/vnd.penstock+json'],
    ['application/x-ndjson'],
    ['application/ndjson'],
    ['application/jsonl; charset=utf-8'],
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
  ])('takes the content type %s', async (type) => {
    const answer = await post('/logs', `${JSON.stringify(EVENT)}\n`, { 'content-type': type });
    expect(answer).toMatchObject({ status: 202, json: { accepted: 1 } });
  });

  it('takes a body without a content type', async () => {
    const answer = await post('/logs', Buffer.from(JSON.stringify(EVENT)), {});
    expect(answer).toMatchObject({ status: 202, json: { accepted: 1 } });
  });

  it('stores the good events and names the bad ones', async () => {
    const answer = await post('/logs/batch', JSON.stringify([EVENT, { level: 'info' }, 17, EVENT]));
    expect(answer.status).toBe(202);
    expect(answer.json).toMatchObject({
      accepted: 2,
      rejected: [
        { index: 1, reason: expect.any(String) },
        { index: 2, reason: expect.any(String) },
      ],
    });
    expect(store.events()).toHaveLength(2);
  });

  it('names a bad line of NDJSON and stores the rest', async () => {
    const body = `${JSON.stringify(EVENT)}\n{"message":\n\n${JSON.stringify(EVENT)}\n`;
    const answer = await post('/logs/batch', body, { 'content-type': 'application/x-ndjson' });
    expect(answer.json).toMatchObject({ accepted: 2, rejected: [{ index: 1 }] });
  });

  it('answers 202 with 0 for an empty array', async () => {
    const answer = await post('/logs/batch', '[]');
    expect(answer).toMatchObject({
      status: 202,
      json: { accepted: 0, rejected: [], batchId: null },
    });
  });

  it('answers 400 with all reasons when every event is rejected', async () => {
    const answer = await post(
      '/logs/batch',
      '[{"level":"info"},{"message":"x","timestamp":"soon"}]',
    );
    expectProblem(answer, 400, 'all-rejected');
    expect(answer.json['rejected']).toMatchObject([{ index: 0 }, { index: 1 }]);
    expect(store.commits).toEqual([]);
  });

  it.each([
    ['malformed JSON', '{"message":', JSON_TYPE, 400, 'malformed-json'],
    ['an empty body', '', JSON_TYPE, 400, 'empty-body'],
    [
      'another content type',
      '<a/>',
      { 'content-type': 'application/xml' },
      415,
      'unsupported-media-type',
    ],
    [
      'a content type that is none',
      '{}',
      { 'content-type': 'nonsense' },
      415,
      'unsupported-media-type',
    ],
    [
      'an unknown encoding',
      '{}',
      { ...JSON_TYPE, 'content-encoding': 'compress' },
      415,
      'unsupported-content-encoding',
    ],
    [
      'two encodings',
      '{}',
      { ...JSON_TYPE, 'content-encoding': 'gzip, br' },
      415,
      'unsupported-content-encoding',
    ],
    [
      'corrupt gzip',
      'no gzip',
      { ...JSON_TYPE, 'content-encoding': 'gzip' },
      400,
      'corrupt-encoding',
    ],
    ['too large a body', Buffer.alloc(17 * 1024 * 1024, ' '), JSON_TYPE, 413, 'body-too-large'],
    ['deep nesting in nothing', '['.repeat(10_000), JSON_TYPE, 400, 'malformed-json'],
  ])('refuses %s', async (_name, body, headers, status, code) => {
    expectProblem(await post('/logs', body, headers), status, code);
    expect(store.commits).toEqual([]);
  });

  it('names the encodings it accepts', async () => {
    const answer = await post('/logs', '{}', { ...JSON_TYPE, 'content-encoding': 'compress' });
    expect(answer.headers.get('accept-encoding')).toBe('gzip, deflate, br, zstd');
  });

  it('refuses a body of unknown length once it is too large', async () => {
    const answer = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      const outgoing = httpRequest(`${server.url}/logs`, { method: 'POST', headers: JSON_TYPE });
      outgoing.on('error', reject).on('response', (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, text });
        });
      });
      for (let i = 0; i < 17; i++) outgoing.write(Buffer.alloc(1024 * 1024, ' '));
      outgoing.end();
    });
    expect(answer.status).toBe(413);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'body-too-large' });
  });
});

describe('compressed bodies', () => {
  const big = Buffer.from(
    JSON.stringify(
      Array.from({ length: 9_000 }, (_, i) => ({
        ...EVENT,
        message: `event ${i} ${'x'.repeat(200)}`,
      })),
    ),
  );
  const noise = Buffer.from(
    JSON.stringify(
      Array.from({ length: 9_000 }, (_, i) => ({
        ...EVENT,
        message: Array.from(
          { length: 12 },
          (_, k) => Math.imul(i * 12 + k, 2_654_435_761) >>> 0,
        ).join(' '),
      })),
    ),
  );
  const codecs: [string, string, (body: Buffer) => Buffer][] = [
    ['gzip', 'gzip', (body) => gzipSync(body)],
    ['gzip by its old name', 'X-GZIP', (body) => gzipSync(body)],
    [
      'two gzip members',
      'gzip',
      (body) => Buffer.concat([gzipSync(body.subarray(0, 50)), gzipSync(body.subarray(50))]),
    ],
    ['deflate', 'deflate', (body) => deflateSync(body)],
    ['deflate without its header', 'deflate', (body) => deflateRawSync(body)],
    ['br', 'br', (body) => brotliCompressSync(body, FAST_BROTLI)],
    ['zstd', 'zstd', (body) => zstdCompressSync(body)],
    [
      'two zstd frames',
      'zstd',
      (body) =>
        Buffer.concat([
          zstdCompressSync(body.subarray(0, 50)),
          zstdCompressSync(body.subarray(50)),
        ]),
    ],
  ];

  it.each(codecs)(
    'reads %s: small, highly compressed and large',
    async (_name, encoding, compress) => {
      const headers = { ...JSON_TYPE, 'content-encoding': encoding };
      expect(await post('/', compress(Buffer.from(JSON.stringify(EVENT))), headers)).toMatchObject({
        status: 202,
        json: { accepted: 1 },
      });
      expect(await post('/', compress(big), headers)).toMatchObject({
        status: 202,
        json: { accepted: 9_000 },
      });
      expect(await post('/', compress(noise), headers)).toMatchObject({
        status: 202,
        json: { accepted: 9_000 },
      });
      expect(store.events()).toHaveLength(18_001);
    },
  );

  it.each(codecs)('refuses cut %s', async (_name, encoding, compress) => {
    const headers = { ...JSON_TYPE, 'content-encoding': encoding };
    for (const whole of [compress(Buffer.from(JSON.stringify([EVENT, EVENT]))), compress(noise)]) {
      expectProblem(
        await post('/', whole.subarray(0, whole.length - 3), headers),
        400,
        'corrupt-encoding',
      );
    }
  });

  it.each(codecs.filter(([name]) => !name.startsWith('two')))(
    'bounds what %s inflates to',
    async (_name, encoding, compress) => {
      const bomb = compress(Buffer.alloc(70 * 1024 * 1024, ' '));
      expect(bomb.length).toBeLessThan(1024 * 1024);
      const headers = { ...JSON_TYPE, 'content-encoding': encoding };
      expectProblem(await post('/', bomb, headers), 413, 'body-too-large');
    },
  );
});

describe('operations', () => {
  it('counts what it takes and what it holds', async () => {
    await post('/', JSON.stringify(EVENT));
    const text = await server.telemetry.metrics();
    expect(text).toMatch(/^penstock_ingest_events_total [1-9]/m);
    expect(text).toMatch(/^penstock_ingest_bytes_in_flight 0$/m);
  });

  it.each([
    ['what is no HTTP', 'nonsense\r\n\r\n', 400, 'bad-http'],
    [
      'a query string that is too long',
      `GET /?q=${'x'.repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
      431,
      'headers-too-large',
    ],
  ])('answers %s with problem details', async (_name, request, status, code) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write(request);
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await once(socket, 'close');
    expect(text).toContain(`HTTP/1.1 ${status} `);
    expect(text).toContain(`"title":"${STATUS_CODES[status] ?? ''}","status":${status}`);
    expect(text).toContain(`"code":"${code}"`);
  });
});

describe('slow senders', () => {
  it('answers 408 and closes when the body does not arrive in time', async () => {
    const slow = await startTestServer(new MemoryStore(), { bodyTimeoutMs: 50 });
    const socket = connect(Number(new URL(slow.url).port), '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"mess');
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await once(socket, 'close');
    expect(text).toMatch(/^HTTP\/1.1 408 /);
    expect(text).toMatch(/"code":"body-timeout"/);
    await slow.close();
  });
});

describe('senders that go away', () => {
  it('give back what they reserved, and nothing of them is stored', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5000\r\n\r\n{"mess');
    const bytesInFlight = async (): Promise<number> => {
      const match = /^penstock_ingest_bytes_in_flight (\d+)$/m.exec(
        await server.telemetry.metrics(),
      );
      return Number(match?.[1]);
    };
    while ((await bytesInFlight()) !== 5_000) await turn();
    socket.destroy();
    while ((await bytesInFlight()) !== 0) await turn();
    expect((await post('/', JSON.stringify(EVENT))).status).toBe(202);
    expect(store.events()).toHaveLength(1);
  });
});

describe('back-pressure', () => {
  it('refuses what exceeds the budget of unconfirmed bytes, and recovers', async () => {
    const held = new MemoryStore();
    const admission = { maxBytes: 1_000, unknownLengthBytes: 100, retryAfterMs: 1_000 };
    const small = await startTestServer(held, { pipeline: { admission } });
    const release = held.hold();
    const event = JSON.stringify({ message: 'x'.repeat(600) });
    const first = post('/', event, JSON_TYPE, small.url);
    while ((await small.queue.depth()).unsettled === 0) await turn();
    const refused = await post('/', event, JSON_TYPE, small.url);
    expectProblem(refused, 503, 'overloaded');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expectProblem(await postChunked(small.url, event), 503, 'overloaded');
    const bomb = gzipSync(Buffer.alloc(5_000, ' '));
    const encoded = { ...JSON_TYPE, 'content-encoding': 'gzip' };
    expectProblem(await post('/', bomb, encoded, small.url), 503, 'overloaded');
    release();
    expect((await first).status).toBe(202);
    expect((await post('/', event, JSON_TYPE, small.url)).status).toBe(202);
    expect(held.events()).toHaveLength(2);
    expect(await small.telemetry.metrics()).toMatch(/^penstock_ingest_bytes_in_flight 0$/m);
    await small.close();
  });
});

describe('shutdown', () => {
  it('answers what was admitted, refuses what is new, and cuts off slow senders', async () => {
    const held = new MemoryStore();
    const closing = await startTestServer(held, { drainMs: 10_000 });
    const release = held.hold();
    const admitted = post('/', JSON.stringify(EVENT), JSON_TYPE, closing.url);
    const slow = connect(Number(new URL(closing.url).port), '127.0.0.1');
    slow.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"mess');
    while ((await closing.queue.depth()).unsettled === 0) await turn();
    const closed = closing.close();
    const refused = await post('/', JSON.stringify(EVENT), JSON_TYPE, closing.url);
    expectProblem(refused, 503, 'draining');
    expect(refused.headers.get('connection')).toBe('close');
    release();
    expect((await admitted).status).toBe(202);
    let text = '';
    slow.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await once(slow, 'close');
    expect(text).toMatch(/"code":"draining"/);
    await closed;
    expect(held.events()).toHaveLength(1);
  });
});

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** Sends without a Content-Length. */
async function postChunked(url: string, body: string): Promise<Answer> {
  const response = await fetch(`${url}/`, {
    method: 'POST',
    body: new Blob([body]).stream(),
    duplex: 'half',
    headers: JSON_TYPE,
  });
  const json = (await response.json()) as Record<string, unknown>;
  return { status: response.status, headers: response.headers, json };
}
