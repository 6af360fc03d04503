import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import {
  CacheFullError,
  FilesLateError,
  ObjectMissingError,
  StorageRefusedError,
  StorageUnavailableError,
} from '#columnar';
import { ColumnarUnavailableError } from '#search';
import { StatementTimeoutError, StoreUnavailableError } from '#store';

import { startTestGateway, type TestGateway } from '../testing/gateway-app.ts';

let gateway: TestGateway;

beforeEach(async () => {
  gateway = await startTestGateway({}, { concurrentReads: 1, waitingReads: 1, readWaitMs: 20 });
});

afterEach(() => gateway.close());

async function problem(path: string, init: RequestInit = {}) {
  const response = await fetch(gateway.url + path, init);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  return { response, body: (await response.json()) as Record<string, unknown> };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe('problems', () => {
  it.each([
    ['GET', '/api'],
    ['GET', '/api/'],
    ['GET', '/api/v1/nothing'],
    ['GET', '/api/v2/search'],
    ['PUT', '/api/v1/search'],
    ['DELETE', '/api/v1/search/x'],
    ['POST', '/nothing'],
    ['GET', '/logs/nothing'],
  ])('answer %s %s with 404', async (method, path) => {
    const { response, body } = await problem(path, { method });
    expect(response.status).toBe(404);
    expect(body).toMatchObject({ status: 404, code: 'not-found', title: 'Not Found' });
    expect(body['detail']).toContain(`There is no call ${method} ${path}. `);
  });

  it('answer a path that cannot be decoded with 400', async () => {
    const { response, body } = await problem('/api/v1/traces/%zz');
    expect(response.status).toBe(400);
    expect(body['code']).toBe('bad-request');
  });

  it('hide what is unexpected, and log it under the id of the answer', async () => {
    gateway.search.gate = Promise.reject(new Error('secret detail'));
    const { response, body } = await problem('/api/v1/count');
    expect(response.status).toBe(500);
    expect(JSON.stringify(body)).not.toContain('secret');
    const logged = gateway.log.join();
    expect(logged).toContain(String(body['id']));
    expect(logged).toContain('secret detail');
  });

  it('say when to try again while the store is away', async () => {
    gateway.search.gate = Promise.reject(new StoreUnavailableError('57P03', 'starting up'));
    const { response, body } = await problem('/api/v1/count');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('2');
    expect(body['code']).toBe('store-unavailable');
  });

  it.each([
    [new FilesLateError(), 'columnar-files-late', '5'],
    [new StatementTimeoutError('statement over its time limit'), 'search-timeout', '2'],
    [new StorageUnavailableError('bucket b: ECONNREFUSED'), 'storage-unavailable', '10'],
    [new StorageRefusedError('bucket b: AccessDenied'), 'storage-refused', null],
    [new CacheFullError('it needs more'), 'columnar-cache-full', null],
    [new ColumnarUnavailableError(), 'columnar-not-configured', null],
    [new ObjectMissingError('2026-11-24/a.parquet'), 'object-missing', null],
  ])('say why columnar files cannot be read: %s', async (error, code, retryAfter) => {
    gateway.search.gate = Promise.reject(error);
    const { response, body } = await problem('/api/v1/count');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe(retryAfter);
    expect(body['code']).toBe(code);
    expect(JSON.stringify(body)).not.toContain('bucket b');
  });

  it('refuse a body that is too large', async () => {
    const init = { method: 'POST', body: 'x'.repeat(2 * 1024 * 1024 + 1) };
    const { response, body } = await problem('/api/v1/search', init);
    expect(response.status).toBe(413);
    expect(body['code']).toBe('body-too-large');
    expect(body['detail']).toContain('2097152 bytes');
  });

  it('name the place where a body is malformed', async () => {
    const { body } = await problem('/api/v1/search', { method: 'POST', body: '{"q":\n x}' });
    expect(body['code']).toBe('malformed-json');
    expect(body['detail']).toContain('line 2, column 2');
  });

  it('refuse searches beyond those that run and wait', async () => {
    let open = (): void => undefined;
    gateway.search.gate = new Promise((resolve) => {
      open = resolve;
    });
    const first = fetch(`${gateway.url}/api/v1/count`);
    await until(() => gateway.search.signals.length === 1);
    const { response, body } = await problem('/api/v1/count');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(body['code']).toBe('too-busy');
    open();
    expect((await first).status).toBe(200);
    expect((await fetch(`${gateway.url}/api/v1/count`)).status).toBe(200);
  });

  it('end the work of a client that goes away, and free its place', async () => {
    gateway.search.gate = new Promise(() => undefined);
    const abort = new AbortController();
    const request = fetch(`${gateway.url}/api/v1/count`, { signal: abort.signal });
    await until(() => gateway.search.signals.length === 1);
    abort.abort();
    await expect(request).rejects.toThrow();
    await until(() => gateway.search.signals[0]!.aborted);
    gateway.search.gate = null;
    expect((await fetch(`${gateway.url}/api/v1/count`)).status).toBe(200);
    expect(gateway.log).toEqual([]);
    expect(await gateway.telemetry.metrics()).toContain('status="499"');
  });
});
