import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '../support/free-port.mjs';
import { RunningProgram } from '../support/running-program.ts';
import { CHART } from './support/helm.ts';

/** What `helm test` runs in its pod, which kwok only plays, here against a pipeline that is real. */
describe('the test of the chart', () => {
  let folder: string;
  let program: RunningProgram;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'penstock-round-trip-'));
    program = await RunningProgram.start({ dataFolder: join(folder, 'data') });
  }, 90_000);

  afterAll(async () => {
    await program.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('posts a log and finds it', async () => {
    const { code, text } = await roundTrip({ INGEST_URL: program.url, GATEWAY_URL: program.url });
    expect(text).toContain('posted a log through');
    expect(code).toBe(0);
  });

  it('fails, and says why, when nobody answers', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const environment = { INGEST_URL: url, GATEWAY_URL: url, TIMEOUT_SECONDS: '1' };
    const { code, text } = await roundTrip(environment);
    expect(text).toMatch(/^posting a log: not within 1 s: .*ECONNREFUSED/);
    expect(code).toBe(1);
  });
});

function roundTrip(environment: Readonly<Record<string, string>>) {
  const script = join(CHART, 'files/round-trip.mjs');
  return new Promise<{ code: number; text: string }>((resolve) => {
    execFile(process.execPath, [script], { env: environment }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), text: stdout + stderr });
    });
  });
}
