import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListMultipartUploadsCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { s3Server, suite } from '../../../../test/support/requirement.ts';
import { S3Server } from '../../../../test/support/s3-server/s3-server.ts';
import { TcpProxy } from '../../../../test/support/tcp-proxy.ts';
import { waitUntil } from '../../../../test/support/wait-until.ts';
import { describeObjectStorage } from '../conformance.ts';
import { S3_LIMITS, type S3Limits, type S3Settings } from './s3-settings.ts';
import { S3Storage } from './s3-storage.ts';

const NEVER = new AbortController().signal;
/** Of three parts. */
const LARGE = 20_000_000;
/** In the middle of the first part of it. */
const SOME = 1_000_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penstock-s3-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function fileOf(content: Buffer): Promise<string> {
  const path = join(folder, randomBytes(6).toString('hex'));
  await writeFile(path, content);
  return path;
}

function settingsOf(server: S3Server, change: Partial<S3Settings> = {}): S3Settings {
  return {
    bucket: server.bucket,
    prefix: `${randomBytes(6).toString('hex')}/`,
    endpoint: server.url,
    region: server.region,
    pathStyle: true,
    credentials: server.credentials,
    encryption: { kind: 'none' },
    checksum: 'crc32',
    ...change,
  };
}

suite('object storage on a real server', s3Server, () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await S3Server.start();
  });
  afterAll(() => server.remove());

  const opened: S3Storage[] = [];
  const open = (change: Partial<S3Settings> = {}, limits: Partial<S3Limits> = {}): S3Storage => {
    const storage = new S3Storage(settingsOf(server, change), { ...S3_LIMITS, ...limits });
    opened.push(storage);
    return storage;
  };
  afterAll(() => {
    for (const storage of opened) storage.close();
  });

  async function unfinished(client: S3Client): Promise<number> {
    const { Uploads } = await client.send(
      new ListMultipartUploadsCommand({ Bucket: server.bucket }),
    );
    return Uploads?.length ?? 0;
  }

  for (const checksum of ['crc32', 'sha256', 'none'] as const) {
    describeObjectStorage(`S3 with checksum ${checksum}`, () =>
      Promise.resolve(open({ checksum })),
    );
  }

  it('passes over objects of others, and lists more than a page', async () => {
    const prefix = 'shared/';
    const storage = open({ prefix });
    const client = server.client();
    for (let at = 0; at < 1_005; at++) {
      const Key = `${prefix}many/${String(at).padStart(4, '0')}`;
      await client.send(new PutObjectCommand({ Bucket: server.bucket, Key, Body: 'x' }));
    }
    await client.send(
      new PutObjectCommand({ Bucket: server.bucket, Key: `${prefix}a file of ours`, Body: 'x' }),
    );
    const names: string[] = [];
    for await (const { name } of storage.list('', NEVER)) names.push(name);
    expect(names).toHaveLength(1_005);
    expect(names.at(-1)).toBe('many/1004');
    client.destroy();
  });

  describe('refused', () => {
    const wrong = (): readonly (readonly [string, Partial<S3Settings>])[] => [
      ['S3_SECRET_ACCESS_KEY', { credentials: { ...server.credentials, secretAccessKey: 'y' } }],
      ['S3_BUCKET', { bucket: 'no-such-bucket' }],
    ];

    it('is said with a remedy', async () => {
      for (const [remedy, change] of wrong()) {
        const storage = open(change);
        await expect(storage.probe(NEVER)).rejects.toMatchObject({
          code: 'storage-refused',
          permanent: true,
          message: expect.stringContaining(remedy) as unknown,
        });
        const target = join(folder, 'not-there');
        await expect(storage.fetch('a/b', target, NEVER)).rejects.toMatchObject({
          code: 'storage-refused',
        });
      }
    });
  });

  describe('through a network that fails', () => {
    let proxy: TcpProxy;
    let client: S3Client;
    beforeEach(async () => {
      proxy = await TcpProxy.listen(server.port);
      client = server.client();
    });
    afterEach(async () => {
      await proxy.close();
      client.destroy();
    });

    const through = (limits: Partial<S3Limits> = {}) =>
      open({ endpoint: `http://127.0.0.1:${proxy.port}` }, limits);

    it('says that nobody is there', async () => {
      const storage = through({ attempts: 2 });
      await proxy.close();
      await expect(storage.probe(NEVER)).rejects.toMatchObject({
        code: 'storage-unavailable',
        permanent: false,
        message: expect.stringContaining('ECONNREFUSED') as unknown,
      });
    });

    it('waits a bounded time for a server that hangs', async () => {
      const storage = through({ attempts: 2, requestMs: 100, callMs: 400 });
      const path = await fileOf(randomBytes(LARGE));
      proxy.stall();
      const started = performance.now();
      for (const work of [
        () => storage.probe(NEVER),
        () => storage.put('slow/a', path, NEVER),
        () => storage.fetch('slow/a', join(folder, 'slow'), NEVER),
      ]) {
        await expect(work()).rejects.toMatchObject({ code: 'storage-unavailable' });
      }
      expect(performance.now() - started).toBeLessThan(10_000);
      expect(existsSync(join(folder, 'slow'))).toBe(false);
    });

    it('fetches again what broke off', async () => {
      const content = randomBytes(LARGE);
      const storage = through({ stallMs: 300 });
      await storage.put('broken/a', await fileOf(content), NEVER);
      const target = join(folder, 'broken');
      const stalled = proxy.stallAfter('answers', SOME);
      const fetching = storage.fetch('broken/a', target, NEVER);
      await stalled;
      await waitUntil('some of it is there', () => existsSync(target));
      // No further byte comes; the second try does, once the way is free.
      await waitUntil('the first try is given up', () => !existsSync(target));
      proxy.resume();
      await fetching;
      expect((await readFile(target)).equals(content)).toBe(true);
    });

    it('leaves neither an object nor parts of an upload that failed', async () => {
      const storage = through({ attempts: 1 });
      const path = await fileOf(randomBytes(LARGE));
      const stalled = proxy.stallAfter('requests', SOME);
      const putting = storage.put('parts/a', path, NEVER);
      const failed = expect(putting).rejects.toMatchObject({ code: 'storage-unavailable' });
      await stalled;
      expect(await unfinished(client)).toBe(1);
      // Each part that is under way is lost; the request that removes the parts comes through.
      proxy.reset();
      proxy.resume();
      await failed;
      expect(await unfinished(client)).toBe(0);
      await expect(storage.fetch('parts/a', join(folder, 'p'), NEVER)).rejects.toMatchObject({
        code: 'object-missing',
      });
    });

    it('removes the parts of an upload that is called off', async () => {
      const storage = through({ attempts: 1 });
      const off = new AbortController();
      const path = await fileOf(randomBytes(LARGE));
      const stalled = proxy.stallAfter('requests', SOME);
      const putting = storage.put('off/a', path, off.signal);
      const failed = expect(putting).rejects.toThrow('called off');
      await stalled;
      expect(await unfinished(client)).toBe(1);
      off.abort(new Error('called off'));
      proxy.resume();
      await failed;
      expect(await unfinished(client)).toBe(0);
    });
  });

  it('removes the parts that a killed process left, and not those of one that runs', async () => {
    const client = server.client();
    const settings = settingsOf(server);
    const proxy = await TcpProxy.listen(server.port);
    const endpoint = `http://127.0.0.1:${proxy.port}`;
    const stalled = proxy.stallAfter('requests', SOME);
    const child = spawn(
      process.execPath,
      [
        '--conditions=source',
        join(import.meta.dirname, '../../testing/put-object.ts'),
        JSON.stringify({ ...settings, endpoint }),
        await fileOf(randomBytes(LARGE)),
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    const ended = once(child, 'exit');
    // A request to begin whose answer was late is repeated, and leaves a second upload.
    let left: number;
    try {
      await stalled;
      left = await unfinished(client);
      expect(left).toBeGreaterThan(0);
    } finally {
      child.kill('SIGKILL');
      await ended;
      await proxy.close();
    }
    const storage = open(settings);
    expect(await storage.removeUnfinished(Date.now() - 3_600_000, NEVER)).toBe(0);
    expect(await storage.removeUnfinished(Date.now() + 60_000, NEVER)).toBe(left);
    expect(await unfinished(client)).toBe(0);
    client.destroy();
  });

  it('goes on with a server that was killed in the middle of an upload', async () => {
    const own = await S3Server.start();
    const proxy = await TcpProxy.listen(own.port);
    const content = randomBytes(LARGE);
    const path = await fileOf(content);
    const settings = settingsOf(own, { endpoint: `http://127.0.0.1:${proxy.port}` });
    const storage = new S3Storage(settings, { ...S3_LIMITS, attempts: 2, callMs: 5_000 });
    try {
      const stalled = proxy.stallAfter('requests', SOME);
      const putting = storage.put('killed/a', path, NEVER);
      const failed = expect(putting).rejects.toMatchObject({ code: 'storage-unavailable' });
      await stalled;
      await own.kill();
      proxy.resume();
      await failed;
      await own.start();
      await expect(storage.fetch('killed/a', join(folder, 'k'), NEVER)).rejects.toMatchObject({
        code: 'object-missing',
      });
      await storage.put('killed/a', path, NEVER);
      await storage.fetch('killed/a', join(folder, 'k'), NEVER);
      expect((await readFile(join(folder, 'k'))).equals(content)).toBe(true);
    } finally {
      storage.close();
      await proxy.close();
      await own.remove();
    }
  }, 60_000);
});

describe('encryption', () => {
  it.each([
    [{ kind: 'none' } as const, undefined, undefined],
    [{ kind: 'AES256' } as const, 'AES256', undefined],
    [{ kind: 'aws:kms', keyId: null } as const, 'aws:kms', undefined],
    [{ kind: 'aws:kms', keyId: 'key-1' } as const, 'aws:kms', 'key-1'],
  ])('%j is asked for', async (encryption, algorithm, key) => {
    let headers: IncomingHttpHeaders = {};
    const answering = createServer((request, response) => {
      headers = request.headers;
      request.resume().on('end', () => response.end());
    }).listen(0, '127.0.0.1');
    await once(answering, 'listening');
    const storage = new S3Storage({
      bucket: 'b',
      prefix: '',
      endpoint: `http://127.0.0.1:${(answering.address() as AddressInfo).port}`,
      region: 'r',
      pathStyle: true,
      credentials: { accessKeyId: 'a', secretAccessKey: 's' },
      encryption,
      checksum: 'crc32',
    });
    await storage.put('a', await fileOf(Buffer.from('x')), NEVER);
    expect(headers['x-amz-server-side-encryption']).toBe(algorithm);
    expect(headers['x-amz-server-side-encryption-aws-kms-key-id']).toBe(key);
    expect(headers['x-amz-checksum-crc32']).toBeDefined();
    storage.close();
    answering.closeAllConnections();
    answering.close();
  });
});
