import * as http from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { RunningProgram } from '../support/running-program.ts';
import { waitUntil } from '../support/wait-until.ts';
import { garbageBodies, oddEvents } from './garbage-bodies.ts';
import { integerBetween, seededRandom, seedOfRun } from './random.ts';
import { RawConnection } from './raw-request.ts';

const MIB = 1024 * 1024;
const MEMORY_BOUND = 700 * MIB;
const SERVES_WITHIN_MS = 1_000;
const ANSWER_WITHIN_MS = 10_000;

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly title: string;
}

describe('garbage', () => {
  const random = seededRandom(seedOfRun('garbage'));
  let dataFolder: string;
  let program: RunningProgram;
  let largestBytes = 0;
  let memoryWatch: NodeJS.Timeout;

  beforeAll(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'penstock-faults-'));
    program = await RunningProgram.start({ dataFolder });
    memoryWatch = setInterval(() => {
      largestBytes = Math.max(largestBytes, program.residentBytes);
    }, 20);
  }, 60_000);

  afterAll(async () => {
    clearInterval(memoryWatch);
    process.stderr.write(`garbage: memory at most ${Math.round(largestBytes / MIB)} MiB\n`);
    await program.kill();
    await rm(dataFolder, { recursive: true, force: true });
  });

  /** After each fault: the process lives, its memory is bounded, nothing failed inside, and it serves at once. */
  afterEach(async () => {
    expect(program.isRunning).toBe(true);
    expect(largestBytes).toBeLessThan(MEMORY_BOUND);
    expect(program.log.filter(({ level }) => level === 'error')).toEqual([]);
    const begun = performance.now();
    const answer = await post('/', '{"message":"a normal event"}');
    expect(answer.status).toBe(202);
    expect(performance.now() - begun).toBeLessThan(SERVES_WITHIN_MS);
  });

  const post = (
    path: string,
    body: string | Buffer,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> =>
    request('POST', path, { 'content-length': String(Buffer.byteLength(body)), ...headers }, body);

  const get = (path: string): Promise<Answer> => request('GET', path, {});

  function request(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: string | Buffer,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = http.request(
        { host: '127.0.0.1', port: program.port, method, path, headers, agent: false },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            resolve({
              status: response.statusCode ?? 0,
              type: response.headers['content-type'] ?? '',
              text: Buffer.concat(chunks).toString(),
            });
          });
        },
      );
      sent.on('error', reject);
      sent.setTimeout(ANSWER_WITHIN_MS, () => {
        sent.destroy(new Error(`${method} ${path.slice(0, 200)}: no answer`));
      });
      sent.end(body);
    });
  }

  function problemOf({ status, type, text }: Answer): Problem {
    expect(type).toMatch(/^application\/problem\+json/);
    const problem = JSON.parse(text) as Problem;
    expect(problem.status).toBe(status);
    expect(problem.detail).toMatch(/\w+ \w+/);
    return problem;
  }

  describe('in bodies', () => {
    it.each(garbageBodies())(
      '$name: $status $code',
      async ({ body, headers, status, code, says }) => {
        const answer = await post('/logs', body, {
          'content-type': 'application/json',
          ...headers,
        });
        expect(problemOf(answer)).toMatchObject({ status, code });
        if (says !== undefined) expect(answer.text).toMatch(says);
      },
    );

    it('100 MB, with and without an announced length: 413', async () => {
      const announced = await RawConnection.open(program.port);
      await announced.write(
        `POST /logs HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${100 * MIB}\r\n\r\n{"message":"`,
      );
      await waitUntil('an answer', () => announced.answer.statuses.length > 0);
      expect(announced.answer.statuses).toEqual([413]);
      announced.destroy();

      const streamed = await RawConnection.open(program.port);
      await streamed.write(
        'POST /logs HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n',
      );
      const chunk = Buffer.concat([
        Buffer.from('100000\r\n'),
        Buffer.alloc(MIB, 'x'),
        Buffer.from('\r\n'),
      ]);
      for (let sent = 0; sent < 100; sent++) await streamed.write(chunk);
      await streamed.write('0\r\n\r\n');
      await waitUntil('an answer', () => streamed.answer.statuses.length > 0);
      expect(streamed.answer.statuses).toEqual([413]);
      streamed.destroy();
    }, 60_000);

    it('stores what is odd but an event, and finds it unchanged', async () => {
      const mark = 'oddevents';
      const events = oddEvents(mark);
      for (const { body, name } of events) {
        const { status, text } = await post('/', body);
        expect({ name, status, text }).toMatchObject({ name, status: 202 });
      }
      const { text } = await get(`/api/v1/search?q=${mark}&limit=1000&order=asc`);
      const { hits } = JSON.parse(text) as { hits: { message: string; metadata: unknown }[] };
      const comparable = ({ message, metadata }: { message: string; metadata: unknown }): string =>
        JSON.stringify(sorted({ message, metadata }));
      expect(hits.map(comparable).sort()).toEqual(
        events.map(({ found }) => comparable(found)).sort(),
      );
      // An event whose bytes are no UTF-8 keeps what can be read.
      const bytes = Buffer.concat([
        Buffer.from('{"message":"brokenbytes '),
        Buffer.from([0xff, 0xc3, 0x28]),
        Buffer.from('"}'),
      ]);
      expect((await post('/', bytes)).status).toBe(202);
      expect((await get('/api/v1/search?q=brokenbytes')).text).toContain(
        'brokenbytes \ufffd\ufffd(',
      );
    });

    it('keeps the good events of a batch and names the bad ones', async () => {
      const lines = [
        '{"message":"goodline 1"}',
        '{broken',
        '',
        '[1',
        '{"message":"goodline 2"}',
        'null',
        '{"timestamp":"0001-01-01"}',
      ];
      const { status, text } = await post('/logs/batch', lines.join('\n'), {
        'content-type': 'application/x-ndjson',
      });
      expect(status).toBe(202);
      const { accepted, rejected } = JSON.parse(text) as {
        accepted: number;
        rejected: { index: number }[];
      };
      expect(accepted).toBe(2);
      expect(rejected.map(({ index }) => index)).toEqual([1, 2, 4, 5]);
      expect((await get('/api/v1/count?q=goodline')).text).toContain('"count":2');
    });

    it('random bytes and mutated events in every encoding: an answer below 500', async () => {
      const good = Buffer.from(
        '[{"message":"fuzz","level":"warn","metadata":{"a":[1,2,{"b":null}]}}]',
      );
      const encodings = [
        {},
        { 'content-encoding': 'gzip' },
        { 'content-encoding': 'zstd' },
        { 'content-encoding': 'br' },
      ];
      for (let i = 0; i < 400; i++) {
        const body = Buffer.from(good);
        for (let n = integerBetween(random, 1, 12); n > 0; n--) {
          body[integerBetween(random, 0, body.length - 1)] = integerBetween(random, 0, 255);
        }
        const { status } = await post('/logs', body, encodings[i % encodings.length]);
        expect([202, 400]).toContain(status);
      }
    }, 60_000);
  });

  describe('on the connection', () => {
    const exchange = async (bytes: string | Buffer): Promise<RawConnection> => {
      const connection = await RawConnection.open(program.port);
      await connection.write(bytes);
      return connection;
    };

    it.each([
      [
        'random bytes',
        Buffer.from(Array.from({ length: 4_096 }, (_, i) => (i * 7_919) % 256)),
        400,
      ],
      ['a TLS greeting', Buffer.from('16030100c8010000c40303', 'hex'), 400],
      [
        'two lengths',
        'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}',
        400,
      ],
      [
        'length and chunks',
        'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
        400,
      ],
      [
        'a negative length',
        'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n',
        400,
      ],
      [
        'a bad chunk',
        'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
        400,
      ],
      [
        'headers of 100 KB',
        `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`,
        431,
      ],
      ['no Host', 'POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}', 400],
      [
        'an odd Host',
        'POST / HTTP/1.1\r\nHost: [::1\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}',
        421,
      ],
    ])('%s: an answer, and the connection is closed', async (_name, bytes, status) => {
      const connection = await exchange(bytes);
      await connection.closed;
      expect(connection.answer.statuses).toEqual([status]);
    });

    it('answers pipelined requests in their order', async () => {
      const one = (body: string): string =>
        `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
      const requests = Array.from({ length: 200 }, (_, i) =>
        one(i % 2 === 0 ? '{"message":"pipelined"}' : '{"message":'),
      );
      const connection = await exchange(requests.join(''));
      await waitUntil('200 answers', () => connection.answer.statuses.length === 200);
      connection.destroy();
      expect(connection.answer.statuses).toEqual(requests.map((_, i) => (i % 2 === 0 ? 202 : 400)));
      expect((await get('/api/v1/count?q=pipelined')).text).toContain('"count":100');
    });

    it('ends the connection of a sender that ends its direction, and frees what it held', async () => {
      const head = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 23\r\n\r\n';
      for (const body of ['{"message":"halfclose"}', '{"message":"hal']) {
        const connection = await exchange(head + body);
        connection.endWriting();
        await connection.closed;
        // Node takes the end of this direction for the end of the connection: the answer may be lost.
        expect([[], [202], [400]]).toContainEqual(connection.answer.statuses);
      }
      await waitUntil('the bytes are free again', async () => (await bytesInFlight()) === 0);
    });

    it('forgets senders that go away in the middle of a body', async () => {
      const connections = await Promise.all(
        Array.from({ length: 200 }, () =>
          exchange(
            `POST /logs HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${MIB}\r\n\r\n[{"message":"gone`,
          ),
        ),
      );
      await waitUntil('the bytes are held', async () => (await bytesInFlight()) > 0);
      for (const connection of connections) connection.destroy();
      await waitUntil('the bytes are free again', async () => (await bytesInFlight()) === 0);
    }, 60_000);

    it('serves others while 300 slow senders hold headers and bodies, and answers slow bodies after their time', async () => {
      const slow = await Promise.all(
        Array.from({ length: 300 }, (_, i) =>
          exchange(
            i % 2 === 0
              ? 'POST /logs HTTP/1.1\r\nHost: localhost\r\nX-Slow: '
              : 'POST /logs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{"mess',
          ),
        ),
      );
      const begun = performance.now();
      expect((await post('/', '{"message":"beside slow ones"}')).status).toBe(202);
      expect(performance.now() - begun).toBeLessThan(SERVES_WITHIN_MS);
      const bodies = slow.filter((_, i) => i % 2 === 1);
      // A byte now and then does not buy more time.
      const drip = setInterval(() => {
        for (const connection of bodies) void connection.write('a');
      }, 500);
      await waitUntil(
        'the answers to the slow bodies',
        () => bodies.every(({ answer }) => answer.statuses.length > 0),
        45_000,
      );
      clearInterval(drip);
      expect(new Set(bodies.flatMap(({ answer }) => answer.statuses))).toEqual(new Set([408]));
      for (const connection of slow) connection.destroy();
    }, 90_000);

    async function bytesInFlight(): Promise<number> {
      const { text } = await get('/metrics');
      return Number(/^penstock_ingest_bytes_in_flight (\d+)/m.exec(text)?.[1]);
    }
  });

  describe('for the query API', () => {
    const searched = (parameters: Record<string, string>): string =>
      `/api/v1/search?${new URLSearchParams(parameters).toString()}`;

    it.each([
      ['a huge query', { q: 'a OR '.repeat(2_500) + 'a' }],
      ['1,000 open parentheses', { q: '('.repeat(1_000) }],
      ['2,000 parentheses', { q: `${'('.repeat(2_000)}a${')'.repeat(2_000)}` }],
      ['an open quote', { q: '"abc' }],
      ['a backreference', { q: 'message:/(a)\\1/' }],
      ['a lookahead', { q: 'message:/a(?=b)/' }],
      ['a repetition beyond bounds', { q: 'message:/(a{1000}){1000}/' }],
      ['an unclosed class', { q: 'message:/[a/' }],
      ['a bad range', { q: 'timestamp:[x TO y]' }],
      ['a cursor of garbage', { cursor: 'AAAA' }],
      ['a cursor of JSON', { cursor: Buffer.from('{"ts":1}').toString('base64url') }],
      ['a limit of 0', { limit: '0' }],
      ['a limit of 5,001', { limit: '5001' }],
      ['a limit that is none', { limit: '1e3' }],
      ['an order that is none', { order: 'up' }],
      ['a range that ends before it begins', { from: 'now', to: '-1h' }],
      ['a time that is none', { from: '2023-13-45' }],
      ['an unknown parameter', { prototype: '1' }],
    ])('%s: 400', async (_name, parameters) => {
      expect(problemOf(await get(searched(parameters as Record<string, string>))).status).toBe(400);
    });

    it.each([
      ['4,000 negations', 'GET', `/api/v1/search?q=${'-'.repeat(4_000)}a`, undefined, 200],
      [
        'a query beyond what headers may hold',
        'GET',
        `/api/v1/search?q=${'%28'.repeat(8_000)}`,
        undefined,
        431,
      ],
      ['a parameter that comes twice', 'GET', '/api/v1/search?q=a&q=b', undefined, 400],
      ['percent signs that are none', 'GET', '/api/v1/search?q=%zz%', undefined, 200],
      ['an unknown call', 'GET', '/api/v1/nothing', undefined, 404],
      [
        'a bucket of a second over all time',
        'GET',
        '/api/v1/histogram?interval=1s&from=1970-01-01T00:00:00Z&to=2100-01-01T00:00:00Z',
        undefined,
        400,
      ],
      ['an id that is none', 'GET', '/api/v1/context?id=%00', undefined, 400],
      ['a facet of nothing', 'GET', '/api/v1/facets', undefined, 400],
      ['malformed JSON', 'POST', '/api/v1/search', '{"q":', 400],
      [
        'JSON of 10,000 levels',
        'POST',
        '/api/v1/search',
        '['.repeat(10_000) + ']'.repeat(10_000),
        400,
      ],
      ['__proto__ as a parameter', 'POST', '/api/v1/search', '{"__proto__":{"q":"x"}}', 400],
      ['a filter of garbage', 'POST', '/logs/filter/', '{"key":{},"operation":"exec"}', 400],
    ])('%s: an answer', async (_name, method, path, body, status) => {
      const answer = await request(method, path, { 'content-type': 'application/json' }, body);
      expect({ status: answer.status, text: answer.text }).toMatchObject({ status });
    });

    it('regular expressions that explode elsewhere, and many searches side by side', async () => {
      const bombs = [
        'message:/(a+)+$/',
        'message:/(a|a)*b/',
        'message:/(.*)*(.*)*(.*)*x/',
        'message:/(x+x+)+y/',
        'message:*a*a*a*a*a*a*a*b*',
        'metadata.a:/^(([a-z])+.)+[A-Z]([a-z])+$/',
      ];
      const message = `bombtarget ${'a'.repeat(5_000)} ${'x'.repeat(5_000)}`;
      const body = `${JSON.stringify({ message, metadata: { a: 'a'.repeat(5_000) } })}\n`.repeat(
        40,
      );
      expect((await post('/logs', body)).status).toBe(202);
      const answers = await Promise.all(
        Array.from({ length: 120 }, (_, i) =>
          get(searched({ q: bombs[i % bombs.length]!, budget: '2s', limit: '5' })),
        ),
      );
      // Beyond what runs and waits, a clear refusal.
      expect(answers.filter(({ status }) => ![200, 503].includes(status))).toEqual([]);
      for (const answer of answers.filter(({ status }) => status === 503)) {
        expect(problemOf(answer).code).toBe('too-busy');
      }
      expect(answers.some(({ status }) => status === 200)).toBe(true);
    }, 60_000);

    it('random text as a query: an answer below 500', async () => {
      const parts = [
        'level',
        ':',
        '"',
        '/',
        '(',
        ')',
        '[',
        ']',
        ' TO ',
        '*',
        '-',
        'NOT ',
        ' AND ',
        ' OR ',
        '\\',
        '>=',
        '\u0000',
        '🚰',
        '{',
        '}',
        'metadata.',
        '.',
        '1e999',
        'timestamp',
        'now-1h',
        '%',
        '+',
      ];
      for (let i = 0; i < 400; i++) {
        const q = Array.from(
          { length: integerBetween(random, 1, 14) },
          () => parts[integerBetween(random, 0, parts.length - 1)],
        ).join('');
        const { status, text } = await get(searched({ q, limit: '1' }));
        expect({
          q,
          status: [200, 400].includes(status) ? 'fine' : status,
          text: status < 500 ? '' : text,
        }).toEqual({ q, status: 'fine', text: '' });
      }
    }, 60_000);
  });
});

/** The same value with the keys of its objects in one order, as JSON text compares. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => [key, sorted(inner)]);
}
