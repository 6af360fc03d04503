import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase } from '../support/database.ts';
import { signalAll } from '../support/processes.ts';
import { RunningProgram, type ProgramOptions } from '../support/running-program.ts';

const READABLE = { LOG_FORMAT: 'text', LOG_LEVEL: 'info' };
const FAILED = { code: 1, signal: null };
const SUCCEEDED = { code: 0, signal: null };

describe('the program', () => {
  let folder: string;
  let running: RunningProgram[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'penstock-start-'));
    running = [];
  });

  afterEach(async () => {
    for (const program of running) await program.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const launch = ({ environment, ...options }: Partial<ProgramOptions> = {}): RunningProgram => {
    const program = RunningProgram.launch({
      dataFolder: join(folder, 'data'),
      environment: { ...READABLE, ...environment },
      ...options,
    });
    running.push(program);
    return program;
  };

  it('keeps what it answered 202 for over a restart and over kill -9', async () => {
    const first = launch();
    const url = await first.ready();
    expect(await post(url, 'before the restart')).toBe(202);
    expect(await search(url)).toEqual(['before the restart']);
    expect(await first.stop()).toEqual(SUCCEEDED);
    expect(first.text).toMatch(/serving http:\/\/localhost:\d+ after/);

    const second = launch();
    const again = await second.ready();
    expect(await search(`http://localhost:${second.port}`)).toEqual(['before the restart']);
    expect(await post(again, 'before the kill')).toBe(202);
    signalAll([second.pid], 'SIGKILL');
    await second.exit;

    const third = launch();
    expect(await search(await third.ready())).toEqual(['before the kill', 'before the restart']);
  });

  it('ends with 0 within 10 s at SIGTERM and leaves no Postgres', async () => {
    const program = launch();
    await program.ready();
    const pidFile = await readFile(join(folder, 'data/postgres/postmaster.pid'), 'utf8');
    const begun = Date.now();
    expect(await program.stop()).toEqual(SUCCEEDED);
    expect(Date.now() - begun).toBeLessThan(10_000);
    expect(() => process.kill(Number(pidFile.split('\n')[0]), 0)).toThrow('ESRCH');
  });

  it('names a data folder in use by one sentence and ends with 1', async () => {
    await launch().ready();
    const second = launch();
    expect(await second.exit).toEqual(FAILED);
    expect(second.text).toMatch(
      /^The data folder \S+ is in use by another instance of Penstock: .*\.\n$/,
    );
  });

  it('names a taken port by one sentence and ends with 1', async () => {
    const url = await launch().ready();
    const port = new URL(url).port;
    const second = launch({ dataFolder: join(folder, 'other'), flags: { port } });
    expect(await second.exit).toEqual(FAILED);
    expect(second.text).toContain(
      `Port ${port} is taken by another program: choose another by --port, or stop that program.\n`,
    );
  });

  it('uses the Postgres that DATABASE_URL names, and leaves it running', async () => {
    const database = await createTestDatabase();
    const environment = { DATABASE_URL: database.url };
    try {
      const first = launch({ environment });
      expect(await post(await first.ready(), 'kept elsewhere')).toBe(202);
      expect(first.postmaster).toBeNull();
      expect(await first.stop()).toEqual(SUCCEEDED);

      const second = launch({ environment, dataFolder: join(folder, 'other') });
      expect(await search(await second.ready())).toEqual(['kept elsewhere']);
      expect(await second.stop()).toEqual(SUCCEEDED);
    } finally {
      await database.drop();
    }
  });

  it('names a Postgres that it cannot use by one sentence and ends with 1', async () => {
    const database = await createTestDatabase();
    await database.drop();
    const program = launch({ environment: { DATABASE_URL: database.url } });
    expect(await program.exit).toEqual(FAILED);
    expect(program.text).toMatch(/^Postgres refuses the connection: .*does not exist; .*\.\n$/);
  });

  it('lists everything that is wrong with the settings', async () => {
    const program = launch({
      flags: { port: 'x' },
      environment: { QUEUE_BYTES: 'much', RETENTION: 'level=3d' },
    });
    expect(await program.exit).toEqual(FAILED);
    expect(program.text).toContain('3 settings are wrong:');
    expect(program.text).toContain('--port: "x" is not a port');
    expect(program.text).toContain('QUEUE_BYTES: "much" is not a size');
    expect(program.text).toContain('RETENTION: "level=3d" has a rule');
  });

  it('refuses unknown flags with one sentence', async () => {
    const program = launch({ flags: { prot: '1' } });
    expect(await program.exit).toEqual(FAILED);
    expect(program.text).toMatch(/^Unknown argument "--prot": .*\.\n$/);
  });
});

async function post(url: string, message: string): Promise<number> {
  const answer = await fetch(`${url}/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ level: 'info', message }),
  });
  return answer.status;
}

async function search(url: string): Promise<string[]> {
  const answer = await fetch(`${url}/api/v1/search`);
  const { hits } = (await answer.json()) as { hits: { message: string }[] };
  return hits.map(({ message }) => message);
}
