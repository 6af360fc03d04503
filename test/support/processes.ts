import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { waitUntil } from './wait-until.ts';

interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** Ended, and not collected by its parent yet. */
  readonly zombie: boolean;
}

/** The processes and all that they started, directly or not; those that have ended are left out. */
export function familyOf(...roots: readonly number[]): number[] {
  const all = processTable().filter(({ zombie }) => !zombie);
  const family = all.filter(({ pid }) => roots.includes(pid)).map(({ pid }) => pid);
  for (const member of family) {
    for (const { pid, parent } of all) {
      if (parent === member && !family.includes(pid)) family.push(pid);
    }
  }
  return family;
}

export function isRunning(pid: number): boolean {
  return processTable().some((entry) => entry.pid === pid && !entry.zombie);
}

/** Sends a signal to each of them; one that has ended in the meantime is passed over. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

export async function waitForEnd(pids: readonly number[]): Promise<void> {
  await waitUntil(`the end of the processes ${pids.join(', ')}`, () => {
    const running = processTable().filter(({ zombie }) => !zombie);
    return !running.some(({ pid }) => pids.includes(pid));
  });
}

/** Memory of a process that is in RAM, in bytes; 0 when it has ended. */
export function residentBytes(pid: number): number {
  try {
    if (existsSync('/proc/self/statm')) {
      const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
      return pages * 4_096;
    }
    return (
      Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1_024
    );
  } catch {
    return 0;
  }
}

function processTable(): ProcessEntry[] {
  return existsSync('/proc/self/stat') ? tableOfProc() : tableOfPs();
}

function tableOfProc(): ProcessEntry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        // The name of the program, in parentheses, may hold anything.
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return [{ pid: Number(name), parent: Number(parent), zombie: state === 'Z' }];
      } catch {
        return [];
      }
    });
}

function tableOfPs(): ProcessEntry[] {
  const text = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' });
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [pid, parent, state] = line.trim().split(/\s+/);
      return { pid: Number(pid), parent: Number(parent), zombie: state?.startsWith('Z') ?? false };
    });
}
