import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { livingPostmaster } from '../../apps/standalone/postgres/postmaster.ts';
import { familyOf, signalAll, waitForEnd } from './processes.ts';
import { RunningProcess } from './running-process.ts';

export interface ProgramOptions {
  readonly dataFolder: string;
  /** Arguments of the command line, by their name; the port is one that the system chooses unless it is given. */
  readonly flags?: Readonly<Record<string, string>>;
  /** Settings, by the name of their variable. */
  readonly environment?: Readonly<Record<string, string>>;
}

const MAIN = join(import.meta.dirname, '../../dist/apps/standalone/main.js');

/** The built program of `npm start` with its Postgres, on a port that the system chooses. */
export class RunningProgram extends RunningProcess {
  private readonly dataFolder: string;

  private constructor(child: ChildProcess, dataFolder: string) {
    super(child);
    this.dataFolder = dataFolder;
  }

  /** Starts it without waiting for anything. */
  static launch({ dataFolder, flags = {}, environment = {} }: ProgramOptions): RunningProgram {
    const args = Object.entries({ port: '0', 'data-dir': dataFolder, ...flags }).flatMap(
      ([name, value]) => [`--${name}`, value],
    );
    return new RunningProgram(RunningProcess.child({ main: MAIN, args, environment }), dataFolder);
  }

  /** Starts it and waits until it serves. */
  static async start(options: ProgramOptions): Promise<RunningProgram> {
    const program = RunningProgram.launch(options);
    await program.ready();
    return program;
  }

  /** The process of its Postgres, null while there is none. */
  get postmaster(): number | null {
    return livingPostmaster(join(this.dataFolder, 'postgres'));
  }

  /** Its process and all that belong to it. */
  get family(): number[] {
    return familyOf(...[this.pid, this.postmaster].filter((pid) => pid !== null));
  }

  /** Ends it and its Postgres at once, whatever state they are in. */
  override async kill(): Promise<void> {
    // It may start a process while it is being killed.
    for (let family = this.family; family.length > 0; family = this.family) {
      signalAll(family, 'SIGKILL');
      await waitForEnd(family);
    }
    await this.exit;
  }
}
