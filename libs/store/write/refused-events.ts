import type { PoolClient } from 'pg';
import type { LogEvent } from '#event';
import { errorCode } from '../errors.ts';
import type { Group, GroupPart } from './group.ts';
import { eventStep } from './group-script.ts';
import { runScript } from './script.ts';

/** An event that Postgres refuses, whatever is tried again. */
export interface RefusedEvent {
  readonly event: LogEvent;
  readonly ordinal: number;
  /** SQLSTATE and message of the refusal. */
  readonly detail: string;
}

export interface SiftedGroup {
  /** What was stored. Ordinals are those of the whole group. */
  readonly stored: Group;
  readonly refused: readonly RefusedEvent[];
}

// Bad values, broken constraints, rows or keys beyond a limit, a trigger's own error. Not 23503: the segment is gone.
const REFUSES_DATA = /^(22|23(?!503)|44|54|P0)/;

/** True for an error that a row causes, and that will come again with this row. */
export function refusesData(error: unknown): boolean {
  return REFUSES_DATA.test(errorCode(error) ?? '');
}

/**
 * Stores the events of a group that Postgres takes, inside the open transaction of the client: each failing COPY is
 * undone by its savepoint and halved, until single events are left that are refused. So it costs about
 * 2 log2(n) COPY statements per bad event.
 *
 * @throws the error of the database where it is not about a row
 */
export async function storeSifted(
  client: PoolClient,
  group: Group,
  groupSeq: number,
): Promise<SiftedGroup> {
  const refused: RefusedEvent[] = [];
  const parts: GroupPart[] = [];
  for (const part of group.parts) {
    const good = await siftPart(client, part, groupSeq, refused);
    if (good.events.length > 0) parts.push(good);
  }
  const events = parts.reduce((sum, part) => sum + part.events.length, 0);
  return { stored: { events, parts }, refused };
}

async function siftPart(
  client: PoolClient,
  part: GroupPart,
  groupSeq: number,
  refused: RefusedEvent[],
): Promise<GroupPart> {
  const good: GroupPart = { ...part, events: [], ordinals: [], minTs: Infinity, maxTs: -Infinity };
  // Ranges still to store, the next one last.
  const ranges: [from: number, to: number][] = [[0, part.events.length]];
  for (;;) {
    const range = ranges.pop();
    if (range === undefined) return good;
    const [from, to] = range;
    const piece = slice(part, from, to);
    const refusal = await tryStore(client, piece, groupSeq);
    if (refusal === null) append(good, piece);
    else if (to - from > 1) {
      const middle = (from + to) >>> 1;
      ranges.push([middle, to], [from, middle]);
    } else {
      piece.events.forEach((event) => {
        refused.push({ event, ordinal: piece.ordinals[0] ?? 0, detail: refusal });
      });
    }
  }
}

/** @returns null where the piece is stored, else why a row of it is refused */
async function tryStore(
  client: PoolClient,
  piece: GroupPart,
  groupSeq: number,
): Promise<string | null> {
  try {
    await runScript(client, [
      { sql: 'SAVEPOINT piece' },
      eventStep(piece, groupSeq),
      { sql: 'RELEASE SAVEPOINT piece' },
    ]);
    return null;
  } catch (error) {
    if (!refusesData(error)) throw error;
    await runScript(client, [
      { sql: 'ROLLBACK TO SAVEPOINT piece' },
      { sql: 'RELEASE SAVEPOINT piece' },
    ]);
    return `${errorCode(error) ?? ''}: ${(error as Error).message}`;
  }
}

function slice(part: GroupPart, from: number, to: number): GroupPart {
  return {
    ...part,
    events: part.events.slice(from, to),
    ordinals: part.ordinals.slice(from, to),
  };
}

function append(part: GroupPart, piece: GroupPart): void {
  piece.events.forEach((event, index) => {
    part.events.push(event);
    part.ordinals.push(piece.ordinals[index] as number);
    part.minTs = Math.min(part.minTs, event.timestamp);
    part.maxTs = Math.max(part.maxTs, event.timestamp);
  });
}
