import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { livingPostmaster } from '../../apps/standalone/postgres/postmaster.ts';
import { waitUntil } from './wait-until.ts';
import { familyOf, residentBytes, signalAll, waitForEnd } from './processes.ts';

export interface ProgramOptions {
  readonly dataFolder: string;
  /** Arguments of the command line, by their name; the port is one that the system chooses unless it is given. */
  readonly flags?: Readonly<Record<string, string>>;
  /** Settings, by the name of their variable. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** One line of the program's own log. */
export interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly message: string;
}

/** How a process ended. */
export interface ProgramExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const MAIN = join(import.meta.dirname, '../../dist/apps/standalone/main.js');

/** The built program as a process of its own, on a port that the system chooses. It ends with the process of the test. */
export class RunningProgram {
  readonly pid: number;
  /** Resolves once it has ended and all that it wrote is in `text`. */
  readonly exit: Promise<ProgramExit>;
  private readonly dataFolder: string;
  private readonly output: string[] = [];
  private address: string | null = null;
  private ended = false;

  private constructor(child: ChildProcess, dataFolder: string) {
    if (child.pid === undefined) throw new Error('the program did not start');
    this.pid = child.pid;
    this.dataFolder = dataFolder;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => this.output.push(text));
    }
    child.on('message', (message: { url?: string }) => {
      this.address = message.url ?? null;
    });
    this.exit = new Promise((done) => {
      child.once('exit', () => {
        this.ended = true;
      });
      child.once('close', (code, signal) => {
        done({ code, signal });
      });
    });
  }

  /** Starts it without waiting for anything. */
  static launch({ dataFolder, flags = {}, environment = {} }: ProgramOptions): RunningProgram {
    const args = Object.entries({ port: '0', 'data-dir': dataFolder, ...flags }).flatMap(
      ([name, value]) => [`--${name}`, value],
    );
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', MAIN, ...args],
      {
        env: { PATH: process.env['PATH'], LOG_FORMAT: 'json', LOG_LEVEL: 'debug', ...environment },
        // The channel ends with this process, and the program ends with its channel.
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      },
    );
    return new RunningProgram(child, dataFolder);
  }

  /** Starts it and waits until it serves. */
  static async start(options: ProgramOptions): Promise<RunningProgram> {
    const program = RunningProgram.launch(options);
    await program.ready();
    return program;
  }

  /** Resolves with its address once it serves; rejects when it ends before. */
  async ready(): Promise<string> {
    await waitUntil(
      'the program serves',
      () => {
        if (this.ended) throw new Error(`the program ended at its start:\n${this.text}`);
        return this.address !== null;
      },
      60_000,
    );
    return this.url;
  }

  get url(): string {
    if (this.address === null) throw new Error('the program does not serve yet');
    return this.address.replace('localhost', '127.0.0.1');
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  get isRunning(): boolean {
    return !this.ended;
  }

  /** What it has written to its standard output and error output. */
  get text(): string {
    return this.output.join('');
  }

  get log(): LogLine[] {
    return this.text
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as LogLine);
  }

  get residentBytes(): number {
    return residentBytes(this.pid);
  }

  /** The process of its Postgres, null while there is none. */
  get postmaster(): number | null {
    return livingPostmaster(join(this.dataFolder, 'postgres'));
  }

  /** Its process and all that belong to it. */
  get family(): number[] {
    return familyOf(...[this.pid, this.postmaster].filter((pid) => pid !== null));
  }

  /** Ends it as a user does. */
  async stop(): Promise<ProgramExit> {
    if (!this.ended) signalAll([this.pid], 'SIGTERM');
    return await this.exit;
  }

  /** Ends it and its Postgres at once, whatever state they are in. */
  async kill(): Promise<void> {
    // It may start a process while it is being killed.
    for (let family = this.family; family.length > 0; family = this.family) {
      signalAll(family, 'SIGKILL');
      await waitForEnd(family);
    }
    await this.exit;
  }
}
