import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { inClusterServer } from './in-cluster.ts';
import { APPLY_PATCH, openKubeApi, type ApiCall, type KubeApi } from './kube-api.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

describe('the Kubernetes API', () => {
  let server: Server;
  let api: KubeApi;
  let token: string;
  let asked: ApiCall[];
  let answer: Answer;

  beforeEach(async () => {
    token = 'first';
    asked = [];
    server = createServer((request, response) => {
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const credentials = () =>
      Promise.resolve({ tls: {}, headers: { authorization: `Bearer ${token}` } });
    api = openKubeApi({ url: new URL(`http://127.0.0.1:${port}/proxy/`), credentials }, (call) => {
      asked.push(call);
    });
  });

  afterEach(async () => {
    api.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('is asked below the path of the server, with the token and JSON', async () => {
    answer = (request, response) => {
      void text(request).then((body) => {
        const { method, url, headers } = request;
        const { authorization, 'content-type': type } = headers;
        response.end(JSON.stringify({ method, url, authorization, type, body }));
      });
    };
    const call = { method: 'PATCH', path: '/api/x?y=1', body: { a: 'ä' } } as const;
    expect(await api.request({ ...call, contentType: APPLY_PATCH })).toEqual({
      method: 'PATCH',
      url: '/proxy/api/x?y=1',
      authorization: 'Bearer first',
      type: APPLY_PATCH,
      body: '{"a":"ä"}',
    });
    expect(asked).toMatchObject([call]);
  });

  it('tells refusals in the words of the API server', async () => {
    const status = { code: 409, reason: 'Conflict', message: 'somebody was quicker' };
    answer = (_request, response) => response.writeHead(409).end(JSON.stringify(status));
    await expect(api.request({ method: 'GET', path: '/' })).rejects.toMatchObject({
      status: 409,
      reason: 'Conflict',
      message: 'somebody was quicker',
      isConflict: true,
    });
    answer = (_request, response) => response.writeHead(502).end('<html>\n');
    await expect(api.request({ method: 'GET', path: '/' })).rejects.toMatchObject({
      status: 502,
      message: '<html>',
    });
  });

  it('that does not answer is status 0, at once when the caller gives up', async () => {
    const giveUp = new AbortController();
    answer = () => {
      giveUp.abort();
    };
    const { signal } = giveUp;
    const unreachable = { status: 0, reason: 'Unreachable' };
    await expect(api.request({ method: 'GET', path: '/', signal })).rejects.toMatchObject(
      unreachable,
    );
    answer = (request) => request.socket.destroy();
    await expect(api.request({ method: 'GET', path: '/' })).rejects.toMatchObject(unreachable);
  });

  it('is asked with the new token once the old one is refused', async () => {
    answer = ({ headers }, response) => {
      response.writeHead(headers.authorization === `Bearer ${token}` ? 200 : 401).end('{}');
    };
    await api.request({ method: 'GET', path: '/' });
    token = 'second';
    await expect(api.request({ method: 'GET', path: '/' })).rejects.toMatchObject({
      isForbidden: true,
    });
    expect(await api.request({ method: 'GET', path: '/' })).toEqual({});
  });

  it('gives the lines of a watch as they come, however they are cut', async () => {
    const end = new AbortController();
    answer = (_request, response) => {
      const bytes = Buffer.from('{"a":"ö"}\n{"b":2}\n{"half"');
      response.write(bytes.subarray(0, 7));
      setImmediate(() => response.write(bytes.subarray(7)));
    };
    const lines: string[] = [];
    const read = async (): Promise<void> => {
      for await (const line of api.lines('/watch', end.signal)) {
        lines.push(line);
        if (lines.length === 2) end.abort();
      }
    };
    await expect(read()).rejects.toMatchObject({ status: 0 });
    expect(lines).toEqual(['{"a":"ö"}', '{"b":2}']);
  });

  it('refuses a watch as it refuses a request', async () => {
    answer = (_request, response) => response.writeHead(410).end('{"code":410,"reason":"Expired"}');
    const read = async (): Promise<void> => {
      for await (const line of api.lines('/watch', new AbortController().signal))
        throw new Error(line);
    };
    await expect(read()).rejects.toMatchObject({ isExpired: true });
  });
});

describe('the API server of the cluster that a pod is in', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'penstock-account-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is asked with the files of the pod, as they are at the time', async () => {
    const { url, credentials } = inClusterServer({ host: 'fd00::1', port: 443, folder });
    expect(url.href).toBe('https://[fd00::1]/');
    await writeFile(join(folder, 'ca.crt'), 'a certificate');
    for (const token of ['one', 'two']) {
      await writeFile(join(folder, 'token'), `${token}\n`);
      expect(await credentials()).toEqual({
        tls: { ca: 'a certificate' },
        headers: { authorization: `Bearer ${token}` },
      });
    }
  });

  it('cannot be asked without them', async () => {
    const { credentials } = inClusterServer({ host: '10.0.0.1', port: 443, folder });
    await expect(credentials()).rejects.toThrow('ENOENT');
  });
});
