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

  it('posts with the token of the pipeline and finds it as its admin', async () => {
    const [token, password] = ['t'.repeat(40), 'a-password-for-the-test'];
    const guarded = await RunningProgram.start({
      dataFolder: join(folder, 'guarded'),
      environment: {
        AUTH: 'on',
        ADMIN_PASSWORD: password,
        INGEST_AUTH: 'required',
        INGEST_TOKEN: token,
      },
    });
    const urls = { INGEST_URL: guarded.url, GATEWAY_URL: guarded.url, TIMEOUT_SECONDS: '5' };
    const known = { INGEST_TOKEN: token, ADMIN_NAME: 'admin', ADMIN_PASSWORD: password };
    const { code, text } = await roundTrip({ ...urls, ...known });
    expect(text).toContain('posted a log through');
    expect(code).toBe(0);
    expect((await roundTrip({ ...urls, ...known, INGEST_TOKEN: '' })).text).toMatch(
      /^posting a log: .*answered 401/,
    );
    expect((await roundTrip({ ...urls, ...known, ADMIN_PASSWORD: 'x' })).text).toMatch(
      /^finding it: .*answered 4(01|29)/,
    );
    await guarded.stop();
  }, 120_000);

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
