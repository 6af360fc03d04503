import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ProgramUnderTest } from '../support/program.ts';

describe('the program', () => {
  let folder: string;
  let running: ProgramUnderTest[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'penstock-start-'));
    running = [];
  });

  afterEach(async () => {
    for (const program of running) await program.end();
    await rm(folder, { recursive: true, force: true });
  });

  const start = (
    args: readonly string[] = ['--port', '0', '--data-dir', join(folder, 'data')],
    environment: Readonly<Record<string, string>> = {},
  ): ProgramUnderTest => {
    const program = new ProgramUnderTest(args, environment);
    running.push(program);
    return program;
  };

  it('keeps what it answered 202 for over a restart and over kill -9', async () => {
    const first = start();
    const url = await first.ready();
    expect(await post(url, 'before the restart')).toBe(202);
    expect(await search(url)).toEqual(['before the restart']);
    expect(await first.end()).toBe(0);

    const second = start();
    const again = await second.ready();
    expect(await search(again)).toEqual(['before the restart']);
    expect(await post(again, 'before the kill')).toBe(202);
    await second.end('SIGKILL');

    const third = start();
    expect(await search(await third.ready())).toEqual(['before the kill', 'before the restart']);
  });

  it('ends with 0 within 10 s at SIGTERM and leaves no Postgres', async () => {
    const program = start();
    await program.ready();
    const pidFile = await readFile(join(folder, 'data/postgres/postmaster.pid'), 'utf8');
    const begun = Date.now();
    expect(await program.end()).toBe(0);
    expect(Date.now() - begun).toBeLessThan(10_000);
    expect(() => process.kill(Number(pidFile.split('\n')[0]), 0)).toThrow('ESRCH');
  });

  it('names a data folder in use by one sentence and ends with 1', async () => {
    await start().ready();
    const second = start();
    expect(await second.exited).toBe(1);
    expect(second.output).toMatch(
      /^The data folder \S+ is in use by another instance of Penstock: .*\.\n$/,
    );
  });

  it('names a taken port by one sentence and ends with 1', async () => {
    const url = await start().ready();
    const port = new URL(url).port;
    const second = start(['--port', port, '--data-dir', join(folder, 'other')]);
    expect(await second.exited).toBe(1);
    expect(second.output).toContain(
      `Port ${port} is taken by another program: choose another by --port, or stop that program.\n`,
    );
  });

  it('lists everything that is wrong with the settings', async () => {
    const program = start(['--port', 'x'], { QUEUE_BYTES: 'much', RETENTION: 'level=3d' });
    expect(await program.exited).toBe(1);
    expect(program.output).toContain('3 settings are wrong:');
    expect(program.output).toContain('--port: "x" is not a port');
    expect(program.output).toContain('QUEUE_BYTES: "much" is not a size');
    expect(program.output).toContain('RETENTION: "level=3d" has a rule');
  });

  it('refuses unknown flags with one sentence', async () => {
    const program = start(['--prot', '1']);
    expect(await program.exited).toBe(1);
    expect(program.output).toMatch(/^Unknown argument "--prot": .*\.\n$/);
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
