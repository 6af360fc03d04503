import type { PoolClient } from 'pg';
import { formatTimestamp, type EventPosition } from '#event';
import { implies, parseQuery } from '#query';
import { transaction } from '#store';
import type { CommitRange } from '../covered/commit-ranges.ts';
import type { KnownIndex } from './index-rows.ts';

/** What one index holds of a stretch of commits. */
export interface FedPart {
  readonly index: Pick<KnownIndex, 'id' | 'seal'>;
  /** No group up to this commitSeq has events of the index. */
  readonly commitFloor: number;
  readonly documents: number;
  readonly leftOut: readonly EventPosition[];
}

/**
 * Says that indexes hold all events of a stretch that `match` finds. Not of an index that was made again in the
 * meantime, and not where another process has said so already.
 */
export async function recordCoverage(
  client: PoolClient,
  commits: CommitRange,
  match: string,
  parts: readonly FedPart[],
): Promise<void> {
  await transaction(client, async () => {
    const present = await client.query<{ id: number }>(
      `SELECT id FROM search_index JOIN unnest($1::integer[], $2::bigint[]) AS fed (id, seal) USING (id, seal)
       FOR UPDATE OF search_index`,
      [parts.map(({ index }) => index.id), parts.map(({ index }) => index.seal)],
    );
    const ids = new Set(present.rows.map(({ id }) => id));
    const recorded = parts.filter(({ index }) => ids.has(index.id));
    await recordOmissions(client, recorded);
    await client.query(RECORD_SQL, [
      recorded.map(({ index }) => index.id),
      recorded.map(({ documents }) => documents),
      recorded.map(({ commitFloor }) => commitFloor),
      commits.first,
      commits.last,
      match,
    ]);
  });
}

/**
 * Neighbouring ranges become one. An index whose events all come later covers what lies before, too, where nothing
 * is known of that yet.
 */
const RECORD_SQL = `
WITH fed AS (
  SELECT id, documents,
    CASE WHEN floor >= $4 - 1 AND NOT EXISTS (
      SELECT FROM index_coverage WHERE index_id = id AND first_commit < $4) THEN 1 ELSE $4 END AS first
  FROM unnest($1::integer[], $2::bigint[], $3::bigint[]) AS given (id, documents, floor)
  WHERE NOT EXISTS (
    SELECT FROM index_coverage WHERE index_id = id AND first_commit <= $5 AND last_commit >= $4)
), joined AS (
  DELETE FROM index_coverage USING fed
  WHERE index_id = fed.id AND match = $6 AND (last_commit = $4 - 1 OR first_commit = $5 + 1)
  RETURNING index_id, first_commit, last_commit, index_coverage.documents
)
INSERT INTO index_coverage (index_id, first_commit, last_commit, match, documents)
SELECT id, least(fed.first, min(first_commit)), greatest($5, max(last_commit)), $6,
  fed.documents + coalesce(sum(joined.documents), 0)
FROM fed LEFT JOIN joined ON index_id = id GROUP BY id, fed.first, fed.documents`.replaceAll(
  /\$[45]/g,
  '$&::bigint',
);

async function recordOmissions(client: PoolClient, parts: readonly FedPart[]): Promise<void> {
  for (const { index, leftOut } of parts) {
    if (leftOut.length === 0) continue;
    await client.query(
      `INSERT INTO index_omission SELECT $1, * FROM unnest($2::timestamptz[], $3::bigint[], $4::integer[])
       ON CONFLICT DO NOTHING`,
      [
        index.id,
        leftOut.map(({ timestamp }) => formatTimestamp(timestamp)),
        leftOut.map(({ groupSeq }) => groupSeq),
        leftOut.map(({ ordinal }) => ordinal),
      ],
    );
  }
}

/** What each index covers, by its id, whatever was chosen for it; ascending. */
export async function readRanges(
  client: PoolClient,
): Promise<ReadonlyMap<number, readonly CommitRange[]>> {
  const answer = await client.query<Record<'first' | 'last', string> & { readonly id: number }>(
    `SELECT index_id AS id, first_commit AS first, last_commit AS last FROM index_coverage
     ORDER BY index_id, first_commit`,
  );
  const byIndex = Map.groupBy(answer.rows, ({ id }) => id);
  return new Map(
    [...byIndex].map(([id, rows]) => [
      id,
      rows.map(({ first, last }) => ({ first: Number(first), last: Number(last) })),
    ]),
  );
}

/** What was chosen in the past and lacks something of what is chosen now covers nothing any more. */
export async function forgetNarrowerMatches(client: PoolClient, match: string): Promise<void> {
  const answer = await client.query<{ match: string }>('SELECT DISTINCT match FROM index_coverage');
  const chosen = parseQuery(match);
  const narrower = answer.rows
    .map((row) => row.match)
    .filter((past) => past !== match && !implies(chosen, parseQuery(past)));
  if (narrower.length === 0) return;
  await client.query('DELETE FROM index_coverage WHERE match = ANY($1::text[])', [narrower]);
}
