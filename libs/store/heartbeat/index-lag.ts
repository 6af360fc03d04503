import type { Pool } from 'pg';
import { promptly } from './heartbeat-table.ts';
import type { IndexLag } from './pipeline-health.ts';

/** Groups that are counted at most. */
const MOST_GROUPS = 10_000;

/**
 * How far the search index is behind the newest commit that any index covers: the age of the oldest group committed
 * after it. Older gaps, left to be filled in when there is time, do not count: they cost a search time, not events.
 * Null where nothing was ever indexed. Throws StoreUnavailableError.
 */
export async function readIndexLag(pool: Pool): Promise<IndexLag | null> {
  const [row] = await promptly(pool, { text: SQL, values: [MOST_GROUPS] });
  if (row?.['covered'] == null) return null;
  return { seconds: Math.max(0, Number(row['seconds'])), groups: Number(row['groups']) };
}

const SQL = `
WITH covered AS (SELECT max(last_commit) AS last_commit FROM index_coverage)
SELECT covered.last_commit AS covered, behind.groups,
       coalesce(round(extract(epoch FROM clock_timestamp() - behind.oldest), 1), 0) AS seconds
  FROM covered CROSS JOIN LATERAL (
    SELECT count(*) AS groups, min(committed_at) AS oldest FROM (
      SELECT committed_at FROM log_group WHERE commit_seq > covered.last_commit
       ORDER BY commit_seq LIMIT $1) AS later) AS behind`;
