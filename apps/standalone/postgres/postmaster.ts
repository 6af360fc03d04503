import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** postmaster.pid, as far as we need it: its first line is the process, its last the state. */
export interface PidFile {
  readonly pid: number;
  readonly ready: boolean;
}

export function readPidFile(cluster: string): PidFile | null {
  let text: string;
  try {
    text = readFileSync(join(cluster, 'postmaster.pid'), 'utf8');
  } catch {
    return null;
  }
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return null;
  return { pid, ready: lines[7]?.trim() === 'ready' };
}

/** The process of a postmaster that serves this cluster now, or null: the file outlives a kill -9, and pids are used again. */
export function livingPostmaster(cluster: string): number | null {
  const file = readPidFile(cluster);
  return file !== null && isAlive(file.pid) && servesCluster(file.pid, cluster) ? file.pid : null;
}

/** The processes that work in a cluster; none are known where there is no /proc. */
export function processesOfCluster(cluster: string): number[] {
  if (!existsSync('/proc/self/cwd')) return [];
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && servesCluster(pid, cluster));
}

/** Postgres makes the cluster its working directory, of its backends too. */
function servesCluster(pid: number, cluster: string): boolean {
  if (existsSync('/proc/self/cwd')) {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === cluster;
    } catch {
      return false;
    }
  }
  try {
    return execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], {
      encoding: 'utf8',
    }).includes(cluster);
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A server that does not end at once by SIGQUIT is stopped or hangs. */
const QUIT_PATIENCE_MS = 1_000;

/**
 * Ends a postmaster: SIGINT rolls back what runs and writes a checkpoint; after `patienceMs` SIGQUIT ends it at once,
 * and the next start recovers from the WAL.
 */
export async function endPostmaster(
  pid: number,
  cluster: string,
  patienceMs: number,
): Promise<void> {
  signal(pid, 'SIGINT');
  if (await endedWithin(pid, cluster, patienceMs)) return;
  signal(pid, 'SIGQUIT');
  if (await endedWithin(pid, cluster, QUIT_PATIENCE_MS)) return;
  signal(pid, 'SIGKILL');
  await endedWithin(pid, cluster, QUIT_PATIENCE_MS);
}

async function endedWithin(pid: number, cluster: string, ms: number): Promise<boolean> {
  const deadline = Date.now() + ms;
  // A process that ended but that its parent has not collected is alive to kill(2), but has no working directory.
  while (isAlive(pid) && servesCluster(pid, cluster)) {
    if (Date.now() >= deadline) return false;
    await delay(20);
  }
  return true;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended in the meantime.
  }
}
