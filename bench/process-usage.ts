import { readdirSync, readFileSync } from 'node:fs';

/** Linux: USER_HZ, the unit of /proc/<pid>/stat, is 100 on every architecture that Node supports. */
const TICKS_PER_SECOND = 100;

interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  readonly ownSeconds: number;
  /** Of children that have ended and were waited for. */
  readonly endedChildrenSeconds: number;
}

/** CPU seconds so far of one process, all its threads (proc_pid_stat(5)). */
export function ownCpuSeconds(pid: number): number {
  return readStat(pid)?.ownSeconds ?? 0;
}

/** CPU seconds so far of a process and everything below it. */
export function familyCpuSeconds(root: number): number {
  const processes = readProcesses();
  const family = new Set([root]);
  for (let grown = true; grown;) {
    const before = family.size;
    for (const process of processes) if (family.has(process.parent)) family.add(process.pid);
    grown = family.size > before;
  }
  return processes
    .filter((process) => family.has(process.pid))
    .reduce((sum, process) => sum + process.ownSeconds + process.endedChildrenSeconds, 0);
}

/** Resident memory of one process in bytes. */
export function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1_024;
}

function readProcesses(): ProcessStat[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readStat(Number(name)) ?? []);
}

function readStat(pid: number): ProcessStat | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null; // It ended between the listing and the reading.
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = (index: number): number => Number(fields[index]) / TICKS_PER_SECOND;
  return {
    pid,
    parent: Number(fields[1]),
    ownSeconds: ticks(11) + ticks(12),
    endedChildrenSeconds: ticks(13) + ticks(14),
  };
}
