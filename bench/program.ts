import { spawn, type ChildProcess } from 'node:child_process';
import { globSync, readFileSync, statSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runningPostgresUrl } from '../apps/standalone/postgres/running-url.ts';
import { familyCpuSeconds, ownCpuSeconds, residentBytes } from './process-usage.ts';

const START_TIMEOUT_MS = 60_000;

interface Home {
  readonly folder: string;
  readonly keep: boolean;
}

export interface ProgramOptions {
  /** Folder that is used as it is and stays; by default a new one that goes with the program. */
  readonly kept?: string | undefined;
  /** Settings, by the name of their variable. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The built program with a new data folder: server and Postgres, as `npm start` runs them. */
export class Program {
  readonly port: number;
  private readonly child: ChildProcess;
  private readonly folder: string;
  private readonly keep: boolean;
  private readonly serverPid: number;
  private postgresPid = 0;

  private constructor(child: ChildProcess, serverPid: number, port: number, home: Home) {
    this.child = child;
    this.serverPid = serverPid;
    this.port = port;
    this.folder = home.folder;
    this.keep = home.keep;
  }

  static async start(
    port: number,
    { kept, environment = {} }: ProgramOptions = {},
  ): Promise<Program> {
    const folder = kept ?? (await mkdtemp(join(tmpdir(), 'penstock-bench-')));
    await mkdir(folder, { recursive: true });
    await chmod(folder, 0o755); // As root, Postgres runs as another user and must get through.
    const child = spawn(
      process.execPath,
      ['dist/apps/standalone/main.js', '--port', String(port), '--data-dir', join(folder, 'data')],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, ...environment, NODE_ENV: 'production' },
      },
    );
    if (child.pid === undefined) throw new Error('the program did not start: is it built?');
    const home = { folder, keep: kept !== undefined };
    const program = new Program(child, child.pid, port, home);
    await program.waitUntilReady();
    program.postgresPid = program.findPostgres();
    return program;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** CPU seconds so far, of the server alone and of Postgres, which is below it. */
  cpuSeconds(): { readonly server: number; readonly postgres: number } {
    return {
      server: ownCpuSeconds(this.serverPid),
      postgres: familyCpuSeconds(this.postgresPid),
    };
  }

  residentBytes(): number {
    return residentBytes(this.serverPid);
  }

  /** Where its Postgres is reached. */
  get postgresUrl(): string {
    return runningPostgresUrl(this.dataFolder, 'penstock');
  }

  private get dataFolder(): string {
    return join(this.folder, 'data');
  }

  async getJson<T>(path: string): Promise<T> {
    const answer = await fetch(this.origin + path, { signal: AbortSignal.timeout(120_000) });
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** Bytes of the data folder that Postgres uses, write-ahead log aside. */
  storedBytes(): number {
    return globSync(join(this.folder, '**/base/**/*'), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + fileBytes(join(entry.parentPath, entry.name)), 0);
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await ended;
    if (!this.keep) await rm(this.folder, { recursive: true, force: true });
  }

  private async waitUntilReady(): Promise<void> {
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (performance.now() < deadline) {
      if (this.child.exitCode !== null) throw new Error('the program ended while starting');
      const ready = await fetch(`${this.origin}/health/ready`).catch(() => null);
      if (ready?.ok === true) return;
      await delay(100);
    }
    throw new Error('the program was not ready within 60 s');
  }

  private findPostgres(): number {
    const [file] = globSync(join(this.folder, '**/postmaster.pid'));
    if (file === undefined) throw new Error(`no postmaster.pid below ${this.folder}`);
    return Number.parseInt(readFileSync(file, 'utf8'), 10);
  }
}

function fileBytes(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
