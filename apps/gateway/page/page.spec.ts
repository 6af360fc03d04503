import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { startTestGateway, type TestGateway } from '../testing/gateway-app.ts';

const INDEX =
  '<!doctype html><script>theme()</script><app-root></app-root><script src="main.js"></script>';
let folder: string;
let gateway: TestGateway;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'page-'));
  const built = join(folder, 'browser');
  await mkdir(join(built, 'media'), { recursive: true });
  await writeFile(join(folder, 'secret.txt'), 'secret');
  await writeFile(join(built, 'index.html'), INDEX);
  await writeFile(join(built, 'main-ABCD1234.js'), 'main()');
  await writeFile(join(built, 'favicon.svg'), '<svg/>');
  await writeFile(join(built, 'media', 'font-WXYZ7890.woff2'), 'font');
  gateway = await startTestGateway({}, { pageFolder: built });
});

afterAll(async () => {
  await gateway.close();
  await rm(folder, { recursive: true });
});

/** Sends the path as it is; fetch would normalise it. */
function rawGet(path: string): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(gateway.url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body });
      });
    })
      .on('error', reject)
      .end();
  });
}

describe('the page', () => {
  it.each([['/'], ['/?q=level:error'], ['/search'], ['/traces/abc'], ['/index']])(
    'answers %s with its index',
    async (path) => {
      const response = await fetch(gateway.url + path);
      expect(response.status).toBe(200);
      expect(await response.text()).toBe(INDEX);
      expect(response.headers.get('cache-control')).toBe('no-cache');
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    },
  );

  it('lets run only its own scripts and the inline ones that were built into it', async () => {
    const policy = (await fetch(gateway.url)).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toMatch(/script-src 'self' 'sha256-[^']+';/);
    expect(policy).not.toMatch(/script-src[^;]*unsafe-inline/);
    expect(policy).toContain("frame-ancestors 'none'");
  });

  it.each([
    ['/main-ABCD1234.js', 'public, max-age=31536000, immutable', 'javascript'],
    ['/media/font-WXYZ7890.woff2', 'public, max-age=31536000, immutable', 'font/woff2'],
    ['/favicon.svg', 'no-cache', 'image/svg+xml'],
  ])('serves %s with its cache rule', async (path, cache, type) => {
    const response = await fetch(gateway.url + path);
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe(cache);
    expect(response.headers.get('content-type')).toContain(type);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('etag')).not.toBeNull();
  });

  it.each([['/missing-ABCD1234.js'], ['/logs'], ['/health/x'], ['/metrics/x'], ['/log-event']])(
    'is not the answer to %s',
    async (path) => {
      const response = await fetch(gateway.url + path);
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
    },
  );

  it.each([
    ['/../secret.txt'],
    ['/media/../../secret.txt'],
    ['/%2e%2e/secret.txt'],
    ['/..%2fsecret.txt'],
    ['/media/..%2f..%2fsecret.txt'],
    ['/%252e%252e/secret.txt'],
    ['/%00'],
    ['/%zz'],
  ])('never leaves its folder by %s', async (path) => {
    const { body } = await rawGet(path);
    expect(body).not.toBe('secret');
  });

  it('says in plain text when it is not built', async () => {
    const other = await startTestGateway();
    const response = await fetch(other.url);
    expect(response.status).toBe(503);
    expect(await response.text()).toContain('npm run build:ui');
    expect((await fetch(`${other.url}/api/v1/count`)).status).toBe(200);
    await other.close();
  });
});
