import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type PostgresReport,
} from './embedded-postgres.ts';

describe('embedded Postgres', () => {
  let folder: string;
  let running: EmbeddedPostgres[];
  let reports: PostgresReport[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'penstock-embedded-'));
    running = [];
    reports = [];
  });

  afterEach(async () => {
    for (const server of running) await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const start = async (dataFolder = join(folder, 'data')): Promise<EmbeddedPostgres> => {
    const server = await startEmbeddedPostgres({
      dataFolder,
      database: 'logs',
      memoryBytes: 512 * 1024 * 1024,
      fsync: true,
      report: (report) => reports.push(report),
    });
    running.push(server);
    return server;
  };

  it('is waited for when it stops, by a process that has nothing else to do', async () => {
    const module = join(import.meta.dirname, 'embedded-postgres.ts');
    const script = `
      import { startEmbeddedPostgres } from ${JSON.stringify(module)};
      const server = await startEmbeddedPostgres({
        dataFolder: ${JSON.stringify(join(folder, 'data'))}, database: 'logs',
        memoryBytes: 2 ** 29, fsync: true, report: () => undefined });
      await server.stop();
      console.log('stopped');`;
    const child = spawn(process.execPath, ['--conditions=source', '--input-type=module'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin.end(script);
    const [output, [code]] = await Promise.all([
      text(child.stdout),
      once(child, 'exit') as Promise<[number]>,
    ]);
    expect([output.trim(), code]).toEqual(['stopped', 0]);
  });

  it('keeps its data over a restart and sorts UTF-8 by code point', async () => {
    const first = await start();
    await query(first.url, "CREATE TABLE kept AS SELECT 'Grüße' AS text");
    await first.stop();
    const second = await start();
    expect(await query(second.url, 'SELECT lower(text) AS text FROM kept')).toEqual([
      { text: 'grüße' },
    ]);
    expect(await query(second.url, "SELECT 'Z' < 'a' AS by_code_point")).toEqual([
      { by_code_point: true },
    ]);
  });

  it('admits nobody without the password', async () => {
    const { url } = await start();
    const wrong = new URL(url);
    wrong.password = 'guess';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
  });

  it('names a data folder in use by one sentence', async () => {
    await start();
    await expect(start()).rejects.toThrow(
      /^The data folder .* is in use by another instance of Penstock: .*\.$/,
    );
  });

  it('starts again after a kill -9 of the postmaster, with what was committed', async () => {
    const server = await start();
    await query(server.url, 'CREATE TABLE kept AS SELECT 1 AS x');
    const pid = Number(
      (await readFile(join(folder, 'data/postgres/postmaster.pid'), 'utf8')).split('\n')[0],
    );
    process.kill(pid, 'SIGKILL');
    await until(() => reports.filter((report) => report.kind === 'ready').length === 2);
    expect(await query(server.url, 'SELECT x FROM kept')).toEqual([{ x: 1 }]);
    expect(reports).toContainEqual({ kind: 'exited', code: null, signal: 'SIGKILL' });
  });

  it('names the processes of a killed server that do not end, and starts once they have', async () => {
    const server = await start();
    const client = new pg.Client({ connectionString: server.url });
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const frozen = rows[0]!.pid;
    process.kill(frozen, 'SIGSTOP');
    const pidFile = await readFile(join(folder, 'data/postgres/postmaster.pid'), 'utf8');
    process.kill(Number(pidFile.split('\n')[0]), 'SIGKILL');
    const failure = () => reports.find((report) => report.kind === 'restart-failed');
    await until(() => failure() !== undefined);
    process.kill(frozen, 'SIGKILL');
    const named = existsSync('/proc/self/cwd') ? ` \\(${frozen}\\)` : '';
    expect(failure()?.reason).toMatch(
      new RegExp(`^Postgres did not start: .* processes${named} stay .*\\.$`),
    );
    await until(() => reports.filter((report) => report.kind === 'ready').length === 2);
    await client.end();
  }, 60_000);

  it('serves a folder whose path is longer than a Unix socket may be', async () => {
    const server = await start(join(folder, 'a'.repeat(120)));
    expect(await query(server.url, 'SELECT 1 AS x')).toEqual([{ x: 1 }]);
  });
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function until(condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 20_000; !condition();) {
    if (Date.now() > deadline) throw new Error('the condition did not come true');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
