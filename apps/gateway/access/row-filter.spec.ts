import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';

import { eventId, type StoredEvent } from '#event';

import { buildEvent } from '../../../libs/query/testing/build-event.ts';
import {
  openSearchFixture,
  type SearchFixture,
} from '../../../libs/search/testing/search-fixture.ts';
import { ADMIN_PASSWORD, openTestAccess, TestClient } from '../testing/access-app.ts';
import { EIGHT_O_CLOCK } from '../testing/event-builder.ts';
import { startTestGateway, type TestGateway } from '../testing/gateway-app.ts';
import { openStream } from '../testing/open-stream.ts';

/** In every field of the events that the limited user may not see, and nowhere else. */
const SECRET = 'hidden';

let fixture: SearchFixture;
let gateway: TestGateway;
let admin: TestClient;
let limited: TestClient;

beforeAll(async () => {
  fixture = await openSearchFixture();
  await fixture.store(
    Array.from({ length: 300 }, (_, n) =>
      buildEvent({
        timestamp: EIGHT_O_CLOCK - 3_600_000_000 + n * 1_000_000,
        level: n % 3 === 0 ? 'error' : 'info',
        ...(n % 2 === 0
          ? { service: 'shop', message: `order ${n} paid`, traceId: 'shared', resourceId: 'till' }
          : {
              service: n % 4 === 1 ? SECRET : null,
              message: `${SECRET} ${n}`,
              traceId: n % 4 === 1 ? 'shared' : `${SECRET}-trace`,
              resourceId: SECRET,
              spanId: SECRET,
              commit: SECRET,
              eventType: SECRET,
              metadata: { [SECRET]: SECRET, parentResourceId: SECRET },
            }),
      }),
    ),
  );
  await fixture.runJobs();
  const { store } = fixture.test;
  await fixture.test.query(
    `INSERT INTO quarantine (reason, detail, events, raw) VALUES ('${SECRET}', '${SECRET}', 1, '${SECRET}')`,
  );
  const access = await openTestAccess(store);
  gateway = await startTestGateway({
    search: fixture.search,
    quarantine: store.quarantine,
    searches: store.searches,
    access,
  });
  admin = await TestClient.login(gateway.url, 'admin', ADMIN_PASSWORD);
  limited = await TestClient.of(gateway.url, access, {
    name: 'limited',
    role: 'editor',
    services: ['shop'],
  });
}, 60_000);

afterAll(async () => {
  await gateway.close();
  await fixture.close();
});

const found = (holds: (event: StoredEvent) => boolean): string => {
  const event = fixture.events.find(holds);
  if (event === undefined) throw new Error('there is no such event');
  return eventId(event);
};
const foreignId = () => found(({ service }) => service === SECRET);
const ownId = () => found(({ service }) => service === 'shop');

const QUERIES = ['', SECRET, `service:${SECRET} OR order`, '-service:shop', `resourceId:${SECRET}`];

type Parameters = Readonly<Record<string, string>>;

/** What each reading call is asked. */
const READS: Readonly<Record<string, () => readonly Parameters[]>> = {
  search: () =>
    QUERIES.flatMap((q) => [
      { q, limit: '500' },
      { q, limit: '3', explain: 'true' },
    ]),
  count: () => QUERIES.map((q) => ({ q })),
  histogram: () => QUERIES.map((q) => ({ q, interval: '1m' })),
  facets: () =>
    ['service', 'resourceId', 'traceId', `metadata.${SECRET}`].map((field) => ({ field })),
  'field-statistics': () => ['service', 'spanId', `metadata.${SECRET}`].map((field) => ({ field })),
  patterns: () => QUERIES.map((q) => ({ q })),
  context: () => [
    { id: ownId(), before: '50', after: '50' },
    { id: ownId(), before: '50', after: '50', scope: 'trace' },
  ],
  export: () => QUERIES.flatMap((q) => [{ q }, { q, format: 'csv' }]),
};

/** What a call answers, by either way to make it. Without the time that it took. */
async function answer(
  client: TestClient,
  method: string,
  path: string,
  parameters: Parameters,
): Promise<{ status: number; text: string }> {
  const asBody = method === 'POST';
  const url = asBody ? path : `${path}?${new URLSearchParams(parameters).toString()}`;
  const response = await client.call(method, url, asBody ? parameters : undefined);
  const text = await response.text();
  return { status: response.status, text: text.replace(/"tookMs":[\d.]+/, '') };
}

describe('whoever is limited to a service', () => {
  const methods = ['GET', 'POST'];
  const calls = Object.keys(READS).flatMap((call) =>
    methods.map((method) => [method, call] as const),
  );

  it.each(calls)('%s %s shows nothing of others', async (method, call) => {
    const path = `/api/v1/${call}`;
    let told = 0;
    for (const parameters of READS[call]?.() ?? []) {
      const answered = await answer(limited, method, path, parameters);
      // What was asked may be repeated; nothing else may have the word.
      const asked = Object.values(parameters).join(' ').includes(SECRET);
      const text = asked
        ? answered.text.replaceAll(`"field":"metadata.${SECRET}"`, '')
        : answered.text;
      expect({ parameters, status: answered.status }).toEqual({ parameters, status: 200 });
      expect(text.replace(/"plan":.*$/, '')).not.toContain(SECRET);
      // The admin is told something else: the test would see a leak.
      const all = await answer(admin, method, path, parameters);
      if (all.text !== answered.text) told += 1;
    }
    expect(told).toBeGreaterThan(0);
  });

  it.each(methods)('%s traces shows its own part of a trace', async (method) => {
    const { text } = await answer(limited, method, '/api/v1/traces/shared', {});
    expect(text).toContain('order');
    expect(text).not.toContain(SECRET);
    expect((await answer(admin, method, '/api/v1/traces/shared', {})).text).toContain(SECRET);
    const other = await answer(limited, method, `/api/v1/traces/${SECRET}-trace`, {});
    expect(other.text).toBe('{"hits":[]}');
  });

  it('finds no event of others by its id, as if there were none', async () => {
    for (const method of methods) {
      const ask = (id: string) => answer(limited, method, '/api/v1/context', { id });
      const foreign = await ask(foreignId());
      const unknown = await ask('999999-1');
      expect(foreign.status).toBe(404);
      expect(foreign.text.replace(foreignId(), 'X')).toBe(unknown.text.replace('999999-1', 'X'));
    }
  });

  it('finds nothing more by the cursor of somebody else', async () => {
    const page = await admin.json('GET', '/api/v1/search?limit=1');
    const { status, body } = await limited.json(
      'GET',
      `/api/v1/search?limit=1&cursor=${String(page.body['nextCursor'])}`,
    );
    expect({ status, code: body['code'] }).toEqual({ status: 400, code: 'invalid-cursor' });
  });

  it('filters and retrieves only its own', async () => {
    const filters = [
      { key: 'message', value: SECRET, operation: 'contains' },
      { key: 'service', value: SECRET, operation: 'equals' },
      {
        key: 'timestamp',
        value: { lower_range: '2023-01-01T00:00:00Z', upper_range: '2024-01-01T00:00:00Z' },
        operation: 'range',
      },
    ];
    for (const path of ['/logs/filter', '/logs/filter/'])
      for (const filter of filters) {
        expect(await (await limited.call('POST', path, filter)).text()).not.toContain(SECRET);
        expect(await (await admin.call('POST', path, filter)).text()).toContain(SECRET);
      }
    for (const path of ['/logs/retrieve?logLevel=ERROR', '/logs/retrieve/?logLevel=info']) {
      const own = await (await limited.call('GET', path)).text();
      expect(own).toContain('order');
      expect(own).not.toContain(SECRET);
      expect(await (await admin.call('GET', path)).text()).toContain(SECRET);
    }
  });

  it('follows only its own', async () => {
    for (const method of ['GET', 'POST']) {
      const stream = await openStream(
        `${gateway.url}/api/v1/tail`,
        { cookie: limited.cookies, 'x-penstock-csrf': limited.csrf },
        method,
      );
      await stream.until(/connected/);
      await fixture.store(
        [SECRET, null, 'shop'].map((service) =>
          buildEvent({ service, message: service === 'shop' ? `live ${method}` : SECRET }),
        ),
      );
      expect(await stream.until(new RegExp(`live ${method}`))).not.toContain(SECRET);
      stream.close();
    }
  });

  /** Every other call, and what it says: those that nobody thought of fail the test. */
  const OTHERS: Readonly<Record<string, number>> = {
    'get /api/v1/search/modes': 200,
    'get /api/v1/session': 200,
    'post /api/v1/session': 400,
    'get /api/v1/session/oidc': 404,
    'get /api/v1/account/sessions': 200,
    'delete /api/v1/account/sessions': 200,
    'delete /api/v1/account/sessions/{id}': 404,
    'put /api/v1/account/password': 400,
    'get /api/v1/searches': 200,
    'post /api/v1/searches': 400,
    'put /api/v1/searches/{id}': 400,
    'delete /api/v1/searches/{id}': 404,
    'get /api/v1/segments': 403,
    'get /api/v1/pipeline/health': 403,
    'get /api/v1/pipeline/health/stream': 403,
    'get /api/v1/quarantine': 403,
    'get /api/v1/quarantine/{id}': 403,
    'post /api/v1/quarantine/replay': 403,
    'delete /api/v1/quarantine/{id}': 403,
    'get /api/v1/users': 403,
    'post /api/v1/users': 403,
    'put /api/v1/users/{id}': 403,
    'delete /api/v1/users/{id}': 403,
    'get /api/v1/users/{id}/sessions': 403,
    'delete /api/v1/users/{id}/sessions': 403,
    'get /api/v1/audit': 403,
    'get /api/v1/audit/export': 403,
    'get /api/v1/tokens': 403,
    'post /api/v1/tokens': 403,
    'put /api/v1/tokens/{id}': 403,
    'delete /api/v1/tokens/{id}': 403,
    'post /api/v1/tokens/{id}/rotate': 403,
  };

  it('is told nothing by any other call', async () => {
    const document = (await limited.json('GET', '/api/docs-json')).body as unknown as OpenAPIObject;
    const covered = new Set([
      ...calls.map(([method, call]) => `${method.toLowerCase()} /api/v1/${call}`),
      ...['get', 'post'].flatMap((method) => [
        `${method} /api/v1/traces/{traceId}`,
        `${method} /api/v1/tail`,
      ]),
      'post /logs/filter',
      'get /logs/retrieve',
      // It would end the session of this test.
      'delete /api/v1/session',
    ]);
    for (const [path, item] of Object.entries(document.paths)) {
      for (const method of Object.keys(item)) {
        const call = `${method} ${path}`;
        if (covered.has(call)) continue;
        const body = ['post', 'put'].includes(method) ? {} : undefined;
        const url = path.replace(/\{\w+\}/, '1');
        const response = await limited.call(method.toUpperCase(), url, body);
        expect({ call, status: response.status }).toEqual({ call, status: OTHERS[call] });
        expect(await response.text()).not.toContain(SECRET);
      }
    }
  });
});
