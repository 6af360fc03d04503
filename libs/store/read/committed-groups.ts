import type { Pool } from 'pg';
import { asStoreError } from '../errors.ts';

/** A group as it became visible. */
export interface CommittedGroup {
  readonly groupSeq: number;
  readonly commitSeq: number;
  readonly events: number;
}

/** The newest commitSeq that is visible; 0 before the first group. Any later commit has a higher one. */
export async function newestCommit(pool: Pool): Promise<number> {
  const rows = await read(pool, 'SELECT coalesce(max(commit_seq), 0) FROM log_group', []);
  return Number(rows[0]?.[0] ?? 0);
}

/** The groups after a commitSeq, in the order of their commits, at most `limit`. */
export async function groupsAfter(
  pool: Pool,
  commitSeq: number,
  limit: number,
): Promise<readonly CommittedGroup[]> {
  const rows = await read(
    pool,
    `SELECT group_seq, commit_seq, events FROM log_group
     WHERE commit_seq > $1 ORDER BY commit_seq LIMIT $2`,
    [commitSeq, limit],
  );
  return rows.map(([groupSeq, commit, events]) => ({
    groupSeq: Number(groupSeq),
    commitSeq: Number(commit),
    events: Number(events),
  }));
}

async function read(
  pool: Pool,
  text: string,
  values: unknown[],
): Promise<readonly (readonly unknown[])[]> {
  try {
    return (await pool.query<unknown[]>({ text, values, rowMode: 'array' })).rows;
  } catch (error) {
    throw asStoreError(error);
  }
}
