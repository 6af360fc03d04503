import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Account } from './account.ts';
import type { PostgresBinaries } from './binaries.ts';
import type { DataFolder } from './data-folder.ts';
import { StartupError } from './startup-error.ts';

/** Everything that is needed to run programs on one cluster. */
export interface ClusterContext {
  readonly folder: DataFolder;
  readonly account: Account | null;
  readonly binaries: PostgresBinaries;
}

/**
 * Makes the cluster when there is none. It becomes visible under its name only when complete, so a crash in between
 * leaves nothing that looks usable. Text is UTF-8 and sorts by code point, which is fast and never changes with a
 * library; queries name a Unicode collation where they need one.
 */
export async function ensureCluster(
  context: ClusterContext,
  password: string,
  durable: boolean,
): Promise<void> {
  const { folder, account } = context;
  if (existsSync(folder.cluster)) return;
  const unfinished = `${folder.cluster}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  const passwordFile = join(folder.sockets, 'initdb.password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account !== null) {
    await chown(unfinished, account.uid, account.gid);
    await chown(passwordFile, account.uid, account.gid);
  }
  try {
    await runInitdb(context, unfinished, passwordFile, durable);
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(unfinished, folder.cluster);
}

async function runInitdb(
  context: ClusterContext,
  cluster: string,
  passwordFile: string,
  durable: boolean,
): Promise<void> {
  const { folder } = context;
  const { clusterForPostgres } = folder;
  const child = spawn(
    context.binaries.initdb,
    [
      `--pgdata=${clusterForPostgres === folder.cluster ? cluster : clusterForPostgres}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      ...(durable ? [] : ['--no-sync']),
    ],
    { cwd: cluster, ...runAs(context.account), stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) => {
      reject(new StartupError(`Postgres could not be set up: ${error.message}.`));
    });
    child.once('close', resolve);
  });
  if (code !== 0) {
    const text = Buffer.concat(output).toString();
    throw new StartupError(`Postgres could not be set up in ${cluster}: ${lastLines(text)}`);
  }
}

/**
 * Starts the server in a session of its own, so that a Ctrl-C of the terminal reaches it only through us.
 * Its output goes into the log of the folder.
 */
export async function spawnPostgres(
  context: ClusterContext,
  settings: Readonly<Record<string, string>>,
): Promise<ChildProcess> {
  const log = await open(context.folder.log, 'w', 0o600);
  try {
    const child = spawn(
      context.binaries.postgres,
      [
        '-D',
        context.folder.clusterForPostgres,
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      {
        cwd: context.folder.cluster,
        ...runAs(context.account),
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
      },
    );
    child.unref();
    return child;
  } finally {
    await log.close();
  }
}

/** The end of the server's log: why it did not start. */
export async function logTail(folder: DataFolder): Promise<string> {
  return lastLines(await readFile(folder.log, 'utf8').catch(() => ''));
}

function lastLines(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-5).join('\n') || 'it wrote no reason';
}

function runAs(account: Account | null): {
  uid?: number;
  gid?: number;
  env: NodeJS.ProcessEnv;
} {
  const env = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
  return account === null ? { env } : { uid: account.uid, gid: account.gid, env };
}
