import { once } from 'node:events';
import { connect } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { StoredEvent } from '#event';

import { storedEvent } from '../testing/event-builder.ts';
import { startTestGateway, type TestGateway } from '../testing/gateway-app.ts';
import { MemorySearch } from '../testing/memory-search.ts';

/** More than a page of everything between the store and the client. */
const EVENTS = 12_345;

class EndlessSearch extends MemorySearch {
  pages = 0;
  finished = false;

  override async *export(): AsyncGenerator<readonly StoredEvent[]> {
    const page = Array.from({ length: 1_000 }, (_, ordinal) => storedEvent({ ordinal }));
    try {
      for (;;) {
        this.pages += 1;
        yield page;
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      this.finished = true;
    }
  }
}

/** Its first page comes when the test says so, whatever became of the client. */
class SlowSearch extends EndlessSearch {
  readonly first = Promise.withResolvers<undefined>();

  override async *export(): AsyncGenerator<readonly StoredEvent[]> {
    this.pages = 1;
    try {
      await this.first.promise;
      yield [storedEvent()];
    } finally {
      this.finished = true;
    }
  }
}

class BrokenSearch extends MemorySearch {
  override async *export(): AsyncGenerator<readonly StoredEvent[]> {
    yield [storedEvent()];
    await Promise.resolve();
    throw new Error('the disk is on fire');
  }
}

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
  for (let ordinal = 0; ordinal < EVENTS; ordinal++) {
    gateway.search.add(storedEvent({ ordinal, message: `event ${ordinal}` }));
  }
});

afterAll(() => gateway.close());

describe('export', () => {
  it('sends everything as NDJSON, newest first', async () => {
    const response = await fetch(`${gateway.url}/api/v1/export`);
    expect(response.headers.get('content-type')).toContain('application/x-ndjson');
    expect(response.headers.get('content-disposition')).toBe(
      'attachment; filename="penstock-2023-09-15T08-00-00Z.ndjson"',
    );
    const lines = (await response.text()).trimEnd().split('\n');
    expect(lines).toHaveLength(EVENTS);
    expect(JSON.parse(lines[0]!)).toMatchObject({ id: `1-${EVENTS - 1}` });
  });

  it('sends everything as CSV, oldest first when asked', async () => {
    const response = await fetch(`${gateway.url}/api/v1/export?format=csv&order=asc`);
    expect(response.headers.get('content-type')).toContain('text/csv');
    const lines = (await response.text()).split('\r\n');
    expect(lines).toHaveLength(EVENTS + 2);
    expect(lines[1]).toMatch(/^1-0,/);
  });

  it('sends only the header line of CSV when nothing matches', async () => {
    const response = await fetch(`${gateway.url}/api/v1/export?format=csv&q=nothing`);
    expect((await response.text()).split('\r\n')).toHaveLength(2);
  });

  describe('of chosen fields', () => {
    let other: TestGateway;

    beforeAll(async () => {
      other = await startTestGateway();
      other.search.add(
        storedEvent({
          service: '=web',
          metadata: { http: { status: 200 }, tags: ['a', 'b'], 'flat.key': 'x,y' },
        }),
        storedEvent({ ordinal: 1, level: 'error' }),
      );
    });

    afterAll(() => other.close());

    const get = async (query: string): Promise<string> =>
      (await fetch(`${other.url}/api/v1/export?order=asc&${query}`)).text();
    const columns = 'columns=id,level,source,metadata.http.status,metadata.tags,metadata.flat.key';

    it('is CSV with just these columns', async () => {
      expect(await get(`format=csv&${columns}`)).toBe(
        [
          'id,level,source,metadata.http.status,metadata.tags,metadata.flat.key',
          `1-0,info,'=web,200,"[""a"",""b""]","x,y"`,
          '1-1,error,,,,',
          '',
        ].join('\r\n'),
      );
    });

    it('is NDJSON with just these members', async () => {
      expect(await get(columns)).toBe(
        [
          '{"id":"1-0","level":"info","source":"=web","metadata.http.status":200,"metadata.tags":["a","b"],"metadata.flat.key":"x,y"}',
          '{"id":"1-1","level":"error"}',
          '',
        ].join('\n'),
      );
    });

    it.each([['columns=a,,b'], [`columns=${Array(102).join('a,')}a`]])(
      'refuses %s',
      async (query) => {
        const response = await fetch(`${other.url}/api/v1/export?${query}`);
        expect(response.status).toBe(400);
        expect(await response.json()).toMatchObject({ errors: [{ field: 'columns' }] });
      },
    );
  });

  it('is posted too', async () => {
    const response = await fetch(`${gateway.url}/api/v1/export`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ q: '"event 7"' }),
    });
    expect(await response.text()).toMatch(/^\{"id":"1-7",.*\}\n$/);
  });

  it('has no body for HEAD and reads nothing for it', async () => {
    const search = new EndlessSearch();
    const other = await startTestGateway({ search });
    const response = await fetch(`${other.url}/api/v1/export`, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-disposition')).toContain('attachment');
    expect(search.pages).toBe(0);
    await other.close();
  });

  it('ends its source when the client goes away before the first page', async () => {
    const search = new SlowSearch();
    const other = await startTestGateway({ search });
    const { port, hostname } = new URL(other.url);
    const socket = connect(Number(port), hostname);
    socket.write('GET /api/v1/export HTTP/1.1\r\nHost: test\r\n\r\n');
    while (search.pages === 0) await new Promise((done) => setImmediate(done));
    socket.destroy();
    while (!(await other.telemetry.metrics()).includes('status="499"')) {
      await new Promise((done) => setImmediate(done));
    }
    search.first.resolve(undefined);
    while (!search.finished) await new Promise((done) => setImmediate(done));
    await other.close();
  });

  it('waits for a client that does not read, and stops when it goes away', async () => {
    const search = new EndlessSearch();
    const other = await startTestGateway({ search });
    const { port, hostname } = new URL(other.url);
    const socket = connect(Number(port), hostname);
    socket.write('GET /api/v1/export HTTP/1.1\r\nHost: test\r\n\r\n');
    await once(socket, 'readable');
    // Without a reader the pages stop coming once the buffers of both ends are full.
    let seen = -1;
    while (seen !== search.pages) {
      seen = search.pages;
      for (let turn = 0; turn < 2_000; turn++) await new Promise((done) => setImmediate(done));
    }
    expect(search.finished).toBe(false);
    socket.destroy();
    while (!search.finished) await new Promise((done) => setImmediate(done));
    await other.close();
  });

  it('closes the connection without an end when the source fails midway, and logs it', async () => {
    const other = await startTestGateway({ search: new BrokenSearch() });
    const response = await fetch(`${other.url}/api/v1/export`);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
    expect(other.log.join()).toContain('the disk is on fire');
    await other.close();
  });

  it('bounds the exports that run', async () => {
    const search = new EndlessSearch();
    const other = await startTestGateway({ search }, { concurrentExports: 1 });
    const abort = new AbortController();
    await fetch(`${other.url}/api/v1/export`, { signal: abort.signal });
    const second = await fetch(`${other.url}/api/v1/export`);
    expect(second.status).toBe(503);
    expect(second.headers.get('retry-after')).toBe('1');
    abort.abort();
    while (!search.finished) await new Promise((done) => setImmediate(done));
    await other.close();
  });
});
