import { spawn, type ChildProcess } from 'node:child_process';
import { residentBytes, signalAll } from './processes.ts';
import { waitUntil } from './wait-until.ts';

/** One line of a process's own log. */
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

export interface LaunchOptions {
  /** The built program. */
  readonly main: string;
  readonly args?: readonly string[];
  /** Settings, by the name of their variable. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A built program as a process of its own. It ends with the process of the test. */
export class RunningProcess {
  readonly pid: number;
  /** Resolves once it has ended and all that it wrote is in `text`. */
  readonly exit: Promise<ProgramExit>;
  private readonly output: string[] = [];
  private address: string | null = null;
  private ended = false;

  protected constructor(child: ChildProcess) {
    if (child.pid === undefined) throw new Error('the program did not start');
    this.pid = child.pid;
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
  static spawn(options: LaunchOptions): RunningProcess {
    return new RunningProcess(RunningProcess.child(options));
  }

  protected static child({ main, args = [], environment = {} }: LaunchOptions): ChildProcess {
    return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], {
      env: { PATH: process.env['PATH'], LOG_FORMAT: 'json', LOG_LEVEL: 'debug', ...environment },
      // The channel ends with this process, and the program ends with its channel.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
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

  get isServing(): boolean {
    return this.address !== null && !this.ended;
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

  /** Ends it as a user does. */
  async stop(): Promise<ProgramExit> {
    if (!this.ended) signalAll([this.pid], 'SIGTERM');
    return await this.exit;
  }

  /** Ends it at once, in whatever state it is. */
  async kill(): Promise<void> {
    if (!this.ended) signalAll([this.pid], 'SIGKILL');
    await this.exit;
  }
}
