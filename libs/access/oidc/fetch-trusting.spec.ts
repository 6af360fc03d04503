import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { fetchTrusting } from './fetch-trusting.ts';
import { PRIVATE_TLS } from './testing/private-tls.ts';

const { ca, cert, key } = PRIVATE_TLS;
const get = fetchTrusting(ca);

let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer({ cert, key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const { method, headers } = request;
      const seen = { method, body, type: headers['content-type'], own: headers['x-own'] };
      if (request.url === '/empty') response.writeHead(204).end();
      else if (request.url === '/elsewhere') response.writeHead(302, { location: '/' }).end();
      else if (request.url === '/large') response.end('x'.repeat(2 << 20));
      else if (request.url === '/cut') response.writeHead(200, { 'content-length': 9 }).destroy();
      else if (request.url !== '/never')
        response.writeHead(201, { 'set-cookie': ['a=1', 'b=2'] }).end(JSON.stringify(seen));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

it('sends what fetch sends, and gives what it gives', async () => {
  const body = new URLSearchParams({ grant: 'a b' });
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'X-Own': '1' };
  const answer = await get(url, { method: 'POST', headers, body });
  expect(answer.status).toBe(201);
  expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(await answer.json()).toEqual({
    method: 'POST',
    body: 'grant=a+b',
    type: 'application/x-www-form-urlencoded',
    own: '1',
  });
  expect((await get(`${url}/empty`, {})).status).toBe(204);
});

it('gives redirects as answers', async () => {
  const answer = await get(`${url}/elsewhere`, { redirect: 'manual' });
  expect([answer.status, answer.headers.get('location')]).toEqual([302, '/']);
});

it('rejects what is too large, cut, or not over in time', async () => {
  await expect(get(`${url}/large`, {})).rejects.toThrow(/larger than/);
  await expect(get(`${url}/cut`, {})).rejects.toThrow();
  const signal = AbortSignal.timeout(50);
  await expect(get(`${url}/never`, { signal })).rejects.toThrow(/abort/);
});

it('trusts nobody else', async () => {
  await expect(fetchTrusting(cert)(url, {})).rejects.toThrow(/certificate/);
});
