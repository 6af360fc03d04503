import { MICROS_PER_MS, type Micros } from '#event';
import type { HeartbeatReading, HeartbeatRow } from './heartbeat-table.ts';

/** `dead`: it stopped without a word. */
export type ProcessState = 'alive' | 'stopping' | 'stopped' | 'dead';

/** Three beats missed, by a process that could have written them. */
export const DEAD_AFTER_MS = 6_000;
/** Longer between two readings, and nobody looked in between. */
const LONGEST_GAP_MS = 3_000;

/**
 * Tells a dead process from one that could not reach Postgres. A beat is missed only while Postgres takes beats, so
 * nobody is declared dead before it has been read, and written by the process that reads, for as long without a break.
 */
export class Liveness {
  private readonly self: string | null;
  private workingSince: number | null = null;
  private lastLook = Number.NEGATIVE_INFINITY;
  /** The last beat of each dead process. */
  private dead = new Map<string, Micros>();

  /** @param self id of the process that reads, where it beats too */
  constructor(self: string | null) {
    this.self = self;
  }

  /** The state of each row, in order. @param at ms of a clock that never goes back */
  judge({ now, rows }: HeartbeatReading, at: number): ProcessState[] {
    this.look(at, this.isWritten(rows, now));
    const working = this.workingSince !== null && at - this.workingSince >= DEAD_AFTER_MS;
    const states = rows.map((row) => this.stateOf(row, now, working));
    this.dead = new Map(
      rows.filter((_, i) => states[i] === 'dead').map(({ id, lastSeen }) => [id, lastSeen]),
    );
    return states;
  }

  /** The heartbeats could not be read. */
  unreadable(): void {
    this.workingSince = null;
  }

  private look(at: number, written: boolean): void {
    if (!written || at - this.lastLook > LONGEST_GAP_MS) this.workingSince = null;
    if (written) this.workingSince ??= at;
    this.lastLook = at;
  }

  /** A full disk or a standby can be read but not written. */
  private isWritten(rows: readonly HeartbeatRow[], now: Micros): boolean {
    if (this.self === null) return true;
    const own = rows.find(({ id }) => id === this.self);
    return own !== undefined && isRecent(own, now);
  }

  private stateOf(row: HeartbeatRow, now: Micros, working: boolean): ProcessState {
    if (row.phase === 'stopped' || isRecent(row, now)) return row.phase;
    // Dead before an outage is dead after it.
    return working || this.dead.get(row.id) === row.lastSeen ? 'dead' : row.phase;
  }
}

function isRecent({ lastSeen }: HeartbeatRow, now: Micros): boolean {
  return now - lastSeen < DEAD_AFTER_MS * MICROS_PER_MS;
}
