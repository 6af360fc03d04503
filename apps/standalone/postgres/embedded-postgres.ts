import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { postgresAccount } from './account.ts';
import { postgresBinaries } from './binaries.ts';
import { ensureCluster, logTail, spawnPostgres, type ClusterContext } from './cluster.ts';
import { clusterFolder, dataFolder, lockDataFolder, prepareDataFolder } from './data-folder.ts';
import { ensureDatabase } from './database.ts';
import { endPostmaster, livingPostmaster, processesOfCluster, readPidFile } from './postmaster.ts';
import { serverSettings } from './settings.ts';
import { StartupError } from './startup-error.ts';

/** What happens to the server, for progress lines and telemetry. */
export type PostgresReport =
  | { readonly kind: 'initialising'; readonly cluster: string }
  | { readonly kind: 'orphan'; readonly pid: number }
  | { readonly kind: 'recovering' }
  | { readonly kind: 'ready'; readonly pid: number; readonly ms: number }
  | { readonly kind: 'exited'; readonly code: number | null; readonly signal: string | null }
  | { readonly kind: 'restart-failed'; readonly reason: string; readonly retryMs: number };

export interface EmbeddedPostgresOptions {
  readonly dataFolder: string;
  readonly database: string;
  readonly memoryBytes: number;
  /** False only for tests that may lose their data. */
  readonly fsync: boolean;
  /** Listens on this port of 127.0.0.1 instead of a Unix socket. */
  readonly tcpPort?: number;
  readonly report: (report: PostgresReport) => void;
}

export interface EmbeddedPostgres {
  readonly url: string;
  /** Ends the server within 10 s and frees the data folder. May be called more than once. */
  stop(): Promise<void>;
}

/** After kill -9 of a postmaster its backends need a moment to notice; until then a new one refuses to start. */
const BACKENDS_GONE_MS = 10_000;
const STOP_PATIENCE_MS = 5_000;
const MAX_BACKOFF_MS = 5_000;

/**
 * Runs the Postgres of npm on a folder of our own: makes the cluster at the first start, ends an orphan that a killed
 * instance left, and starts the server again whenever it dies. Throws StartupError.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const account = postgresAccount(clusterFolder(options.dataFolder));
  const folder = dataFolder(options.dataFolder, account);
  const { password } = await prepareDataFolder(folder, account);
  const unlock = lockDataFolder(folder);
  try {
    const binaries = await postgresBinaries(account);
    const supervisor = new Supervisor({ folder, account, binaries }, options);
    const url = connectionUrl(options, folder.sockets, password);
    try {
      await supervisor.start(password);
      await ensureDatabase(url, options.database);
    } catch (error) {
      await supervisor.stop();
      throw error;
    }
    return {
      url: url(options.database),
      async stop() {
        await supervisor.stop();
        await rm(folder.sockets, { recursive: true, force: true });
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

export function connectionUrl(
  { tcpPort }: Pick<EmbeddedPostgresOptions, 'tcpPort'>,
  sockets: string,
  password: string,
): (database: string) => string {
  return (database) =>
    tcpPort === undefined
      ? `postgres://postgres:${password}@localhost/${database}?host=${encodeURIComponent(sockets)}`
      : `postgres://postgres:${password}@127.0.0.1:${tcpPort}/${database}`;
}

class Supervisor {
  private readonly context: ClusterContext;
  private readonly options: EmbeddedPostgresOptions;
  private readonly stopping = new AbortController();
  private child: ChildProcess | null = null;
  private supervision: Promise<void> = Promise.resolve();

  constructor(context: ClusterContext, options: EmbeddedPostgresOptions) {
    this.context = context;
    this.options = options;
  }

  async start(password: string): Promise<void> {
    const { cluster } = this.context.folder;
    const orphan = livingPostmaster(cluster);
    if (orphan !== null) {
      this.options.report({ kind: 'orphan', pid: orphan });
      await endPostmaster(orphan, cluster, STOP_PATIENCE_MS);
    }
    if (!existsSync(cluster)) this.options.report({ kind: 'initialising', cluster });
    await ensureCluster(this.context, password, this.options.fsync);
    const child = await this.startServer();
    this.supervision = this.supervise(child);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    // While it runs it keeps nobody from ending; now its end is waited for, also where nothing else is left to do.
    this.child?.ref();
    const pid = this.child?.pid;
    if (pid !== undefined && isRunning(this.child))
      await endPostmaster(pid, this.context.folder.cluster, STOP_PATIENCE_MS);
    await this.supervision;
  }

  /** Starts the server whenever it ends, until `stop`. Clients see refused connections meanwhile. */
  private async supervise(first: ChildProcess): Promise<void> {
    for (let child: ChildProcess | null = first; child !== null; child = await this.restart()) {
      const [code, signal] = await exitOf(child);
      if (this.stopping.signal.aborted) return;
      this.options.report({ kind: 'exited', code, signal });
    }
  }

  private async restart(): Promise<ChildProcess | null> {
    for (let retryMs = 100; ; retryMs = Math.min(retryMs * 2, MAX_BACKOFF_MS)) {
      await this.pause(retryMs);
      if (this.stopping.signal.aborted) return null;
      try {
        return await this.startServer();
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.options.report({ kind: 'restart-failed', reason, retryMs });
      }
    }
  }

  private async startServer(): Promise<ChildProcess> {
    const deadline = Date.now() + BACKENDS_GONE_MS;
    for (;;) {
      const child = await this.spawn();
      if (await this.becameReady(child)) return child;
      const reason = await logTail(this.context.folder);
      const waitsForBackends = /shared memory block|postmaster\.pid" already exists/.test(reason);
      if (!waitsForBackends || this.stopping.signal.aborted)
        throw new StartupError(`Postgres did not start: ${reason}`);
      if (Date.now() > deadline) throw backendsStay(this.context.folder.cluster);
      await this.pause(250);
    }
  }

  private async spawn(): Promise<ChildProcess> {
    const { tcpPort, memoryBytes, fsync } = this.options;
    const child = await spawnPostgres(this.context, {
      ...serverSettings({ memoryBytes, fsync }),
      listen_addresses: tcpPort === undefined ? '' : '127.0.0.1',
      port: String(tcpPort ?? 5432),
      unix_socket_directories: this.context.folder.sockets,
      unix_socket_permissions: '0700',
    });
    this.child = child;
    return child;
  }

  /** Waits as long as the server lives: a recovery may take its time. */
  private async becameReady(child: ChildProcess): Promise<boolean> {
    const begun = Date.now();
    const ended = exitOf(child);
    let recovering = false;
    while (isRunning(child)) {
      const file = readPidFile(this.context.folder.cluster);
      if (file?.ready === true && file.pid === child.pid) {
        this.options.report({ kind: 'ready', pid: file.pid, ms: Date.now() - begun });
        return true;
      }
      if (!recovering && Date.now() - begun > 3_000) {
        recovering = true;
        this.options.report({ kind: 'recovering' });
      }
      await Promise.race([delay(20), ended]);
    }
    return false;
  }

  private async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}

function backendsStay(cluster: string): StartupError {
  const pids = processesOfCluster(cluster);
  const which = pids.length === 0 ? '' : ` (${pids.join(', ')})`;
  return new StartupError(
    `Postgres did not start: the last one was killed, but some of its processes${which} stay and could still write to ${cluster}: end them, then start again.`,
  );
}

function isRunning(child: ChildProcess | null): boolean {
  return child?.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

type Exit = readonly [code: number | null, signal: string | null];

async function exitOf(child: ChildProcess): Promise<Exit> {
  if (!isRunning(child)) return [child.exitCode, child.signalCode];
  return await new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve([code, signal]);
    });
    child.once('error', () => {
      resolve([null, null]);
    });
  });
}
