import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { afterEach, describe, expect, it } from '@jest/globals';

import { accept, IngestServer, type Behaviour } from './testing/ingest-server.ts';

let server: IngestServer | null = null;
let folder: string | null = null;

afterEach(async () => {
  await server?.close();
  if (folder !== null) await rm(folder, { recursive: true });
  [server, folder] = [null, null];
});

async function start(behaviour: Behaviour): Promise<IngestServer> {
  server = await IngestServer.start(behaviour);
  return server;
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(
  args: readonly string[],
  onOutput?: (stderr: string, pid: number) => void,
): Promise<Ended> {
  const child = spawn(process.execPath, ['--conditions=source', 'apps/producer/main.ts', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  onOutput?.(stderr, child.pid!);
  return new Promise((resolve) => {
    child.once('close', (code) => {
      resolve({ code, stdout, stderr });
    });
  });
}

async function file(name: string, content: Buffer | string): Promise<string> {
  folder = await mkdtemp(join(tmpdir(), 'producer-'));
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

describe('the producer', () => {
  it('sends random logs at the rate, in batches with keys of their own', async () => {
    const { url, received, events } = await startBound(accept);
    const ended = await run(['--url', url, '--rate', '500', '--duration', '1s', '--seed', '7']);
    expect(ended).toEqual({
      code: 0,
      stdout: 'sent 500 accepted 500 rejected 0 retried 0\n',
      stderr: '',
    });
    expect(received).toHaveLength(10);
    expect(new Set(received.map(({ key }) => key)).size).toBe(10);
    expect(received[0]).toMatchObject({ path: '/logs/batch', type: 'application/x-ndjson' });
    // Ten batches over one second: the last is due 900 ms after the first.
    expect(received.at(-1)!.atMs - received[0]!.atMs).toBeGreaterThan(800);
    expect(events()).toHaveLength(500);
    expect(JSON.parse(events()[0]!)).toMatchObject({ message: expect.any(String) });
  });

  it('honours Retry-After and repeats a batch under its key', async () => {
    const { url, received } = await startBound((request, index) =>
      index === 0 ? { status: 503, headers: { 'retry-after': '1' } } : accept(request, index),
    );
    const args = ['--url', url, '--rate', '10', '--duration', '1s', '--batch', '10'];
    const ended = await run(args);
    expect(ended).toMatchObject({ code: 0, stdout: 'sent 10 accepted 10 rejected 0 retried 10\n' });
    expect(received).toHaveLength(2);
    expect(received[1]!.key).toBe(received[0]!.key);
    expect(received[1]!.lines).toEqual(received[0]!.lines);
    expect(received[1]!.atMs - received[0]!.atMs).toBeGreaterThanOrEqual(950);
  });

  it('repeats a batch whose connection broke', async () => {
    const { url } = await startBound((request, index) =>
      index === 0 ? null : accept(request, index),
    );
    const ended = await run(['--url', url, '--rate', '10', '--duration', '1s', '--batch', '10']);
    expect(ended).toMatchObject({ code: 0, stdout: 'sent 10 accepted 10 rejected 0 retried 10\n' });
  });

  it('counts what is rejected and says why', async () => {
    const { url } = await startBound(({ lines }) => ({
      status: 202,
      body: { accepted: lines.length - 1, rejected: [{ index: 0, reason: 'message is missing' }] },
    }));
    const ended = await run(['--url', url, '--rate', '20', '--duration', '1s', '--batch', '10']);
    expect(ended.stdout).toBe('sent 20 accepted 18 rejected 2 retried 0\n');
    expect(ended.stderr).toContain('2 × rejected: message is missing');
    expect(ended.code).toBe(0);
  });

  it('fails when something cannot be delivered', async () => {
    const { url } = await startBound(() => ({ status: 422, body: { detail: 'the key was used' } }));
    const ended = await run(['--url', url, '--rate', '10', '--duration', '1s', '--batch', '10']);
    expect(ended).toMatchObject({ code: 1, stdout: 'sent 10 accepted 0 rejected 0 retried 0\n' });
    expect(ended.stderr).toContain('10 × the server answers 422: the key was used');
  });

  it('gives up after a while', async () => {
    const { url } = await startBound(() => ({ status: 503 }));
    const args = ['--rate', '10', '--duration', '1s', '--batch', '10', '--give-up', '300ms'];
    const ended = await run(['--url', url, ...args]);
    expect(ended.code).toBe(1);
    expect(ended.stdout).toMatch(/^sent 10 accepted 0 rejected 0 retried [1-9]\d*0\n$/);
  });

  it('bounds what is in flight, however far it is behind', async () => {
    const open = await start(async (request, index) => {
      await new Promise((resolve) => setImmediate(resolve));
      return accept(request, index) as { status: number };
    });
    const args = [
      '--rate',
      '100000',
      '--duration',
      '200ms',
      '--batch',
      '100',
      '--connections',
      '3',
    ];
    const ended = await run(['--url', open.url, ...args]);
    expect(ended.stdout).toBe('sent 20000 accepted 20000 rejected 0 retried 0\n');
    expect(open.mostOpen).toBeLessThanOrEqual(3);
  });

  it.each([
    ['plain', 'logs.ndjson', (text: string) => text],
    ['compressed', 'logs.ndjson.gz', (text: string) => gzipSync(text)],
  ])('sends the lines of a %s file as they are', async (_, name, pack) => {
    const lines = Array.from(
      { length: 2_500 },
      (_value, n) => `{"message":"line ${n}","timestamp":${n}}`,
    );
    const path = await file(
      name,
      pack(`${lines.slice(0, 1_000).join('\n')}\n\n${lines.slice(1_000).join('\r\n')}`),
    );
    const { url, events } = await startBound(accept);
    const ended = await run(['--url', url, '--file', path, '--connections', '1']);
    expect(ended.stdout).toBe('sent 2500 accepted 2500 rejected 0 retried 0\n');
    expect(events()).toEqual(lines);
  });

  it.each([
    ['is missing', null],
    ['is damaged', gzipSync('{"message":"x"}\n'.repeat(10_000)).subarray(0, 100)],
  ])('says so when the file %s', async (_, content) => {
    const path =
      content === null ? '/nonexistent/logs.ndjson.gz' : await file('x.ndjson.gz', content);
    const { url } = await startBound(accept);
    const ended = await run(['--url', url, '--file', path]);
    expect(ended.code).toBe(1);
    expect(ended.stdout).toMatch(/^sent \d+ accepted \d+ rejected 0 retried 0\n$/);
    expect(ended.stderr).toMatch(content === null ? /no such file/ : /unexpected end of file/);
  });

  it('stops cleanly at Ctrl-C', async () => {
    let pid = 0;
    const open = await start((request, index) => {
      if (index === 2) process.kill(pid, 'SIGINT');
      return accept(request, index);
    });
    const ended = await run(['--url', open.url, '--rate', '100'], (_, child) => {
      pid = child;
    });
    expect(ended.code).toBe(0);
    const [, sent, accepted] = /^sent (\d+) accepted (\d+) rejected 0 retried 0\n$/.exec(
      ended.stdout,
    )!;
    expect(Number(sent)).toBe(open.events().length);
    expect(accepted).toBe(sent);
  });

  it.each([
    [['--rate', 'fast'], '--rate must be a number'],
    [['--duration', '30'], '--duration must be a time'],
    [['--batch', '0'], '--batch must be a number from 1 to 10000'],
    [['--batch', '1.5'], '--batch must be a whole number'],
    [['--url', 'here'], '--url must be an address'],
    [['--speed', '1'], "Unknown option '--speed'"],
  ])('refuses %j', async (args, reason) => {
    const ended = await run(args);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(reason);
    expect(ended.stdout).toBe('');
  });
});

/** The server with `events` bound, so that it can be taken apart. */
async function startBound(behaviour: Behaviour) {
  const started = await start(behaviour);
  const { url, received } = started;
  return { url, received, events: () => started.events() };
}
