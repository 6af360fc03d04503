import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, globSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from './free-port.mjs';
import { waitUntil } from './wait-until.ts';

/** Path of the `meilisearch` on PATH, or null. */
export function findMeilisearch(): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, 'meilisearch')).find(existsSync) ?? null;
}

/** Without a bound it takes two thirds of the machine's memory. */
const BOUNDS = ['--max-indexing-memory', '256MiB', '--max-indexing-threads', '1'];
const START_MS = 30_000;

/** A Meilisearch server, with everything that it writes in one folder. It may be killed and started again there. */
export class MeilisearchProcess {
  readonly apiKey = randomBytes(16).toString('hex');
  readonly port: number;
  private readonly folder: string;
  private child: ChildProcess | null = null;
  private ended: Promise<unknown> = Promise.resolve();
  private output = '';

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
  }

  static async start(): Promise<MeilisearchProcess> {
    const root = join(process.env['PENSTOCK_TEST_FOLDER'] ?? tmpdir(), 'meilisearch');
    await mkdir(root, { recursive: true });
    const server = new MeilisearchProcess(await mkdtemp(join(root, 'server-')), await freePort());
    await server.start();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  /** Resolves once it answers. */
  async start(): Promise<void> {
    this.output = '';
    const child = spawn(findMeilisearch() ?? 'meilisearch', [...this.options(), ...BOUNDS], {
      cwd: this.folder,
      env: { PATH: process.env['PATH'], HOME: this.folder, MEILI_MASTER_KEY: this.apiKey },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    this.ended = new Promise((resolve) => {
      child.once('close', resolve);
      child.once('error', resolve);
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output = (this.output + text).slice(-20_000);
      });
    }
    // Whoever cleans up behind a killed test run finds it here.
    await writeFile(join(this.folder, 'server.pid'), String(this.pid));
    await waitUntil('Meilisearch answers', () => this.answers(), START_MS);
  }

  /** Ends it at once, as a crash does. Resolves when it has ended. */
  async kill(): Promise<void> {
    this.child?.kill('SIGKILL');
    await this.ended;
  }

  /** Loses all that it holds: to be called while it does not run. */
  async deleteData(): Promise<void> {
    await rm(join(this.folder, 'data.ms'), { recursive: true, force: true });
  }

  /** What its data take on the disk: the files are larger than what is written in them. */
  dataBytes(): number {
    return globSync(join(this.folder, 'data.ms/**/*'))
      .map((path) => statSync(path, { throwIfNoEntry: false }))
      .reduce((sum, stat) => sum + (stat?.isFile() === true ? stat.blocks * 512 : 0), 0);
  }

  /** Ends it and removes what it wrote. */
  async remove(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  private options(): string[] {
    const address = ['--http-addr', `127.0.0.1:${this.port}`];
    return [...address, '--db-path', './data.ms', '--no-analytics', '--log-level', 'WARN'];
  }

  private async answers(): Promise<boolean> {
    if (this.child?.exitCode !== null) throw new Error(`Meilisearch ended:\n${this.output}`);
    const health = await fetch(`${this.url}/health`, { signal: AbortSignal.timeout(1_000) }).catch(
      () => null,
    );
    return health?.ok === true;
  }
}
