import type { Job } from './job.ts';

/**
 * Makes the BRIN index on group_seq know the newest pages: Postgres summarises them only when told, and until then
 * a search for one group reads them all.
 *
 * @returns a job that looks at the partitions written since its last run; the first run looks at all.
 */
export function createSummariseBrin(): Job {
  let seenCommit = '0';
  return {
    name: 'summarise-brin',
    lock: 'summarise-brin',
    intervalMs: 1_000,
    async run(client) {
      const newest = await client.query<{ commit: string }>(
        'SELECT coalesce(max(commit_seq), 0) AS commit FROM log_group',
      );
      const commit = newest.rows[0]?.commit ?? seenCommit;
      if (commit === seenCommit) return { done: 0, more: false };
      const answer = await client.query<{ pages: number }>(
        `SELECT coalesce(sum(brin_summarize_new_values(index.indexrelid)), 0)::int AS pages
         FROM segment
         JOIN pg_class AS relation ON relation.oid = to_regclass(quote_ident(segment.relation))
         JOIN pg_index AS index ON index.indrelid = relation.oid
         JOIN pg_class AS access ON access.oid = index.indexrelid
         JOIN pg_am ON pg_am.oid = access.relam AND pg_am.amname = 'brin'
         WHERE segment.engine = 'rows' AND segment.id IN (
           SELECT segment_id FROM skip_filter WHERE commit_seq > $1
           UNION
           SELECT part.segment_id FROM group_part AS part JOIN log_group USING (group_seq)
           WHERE log_group.commit_seq > $1)`,
        [seenCommit],
      );
      seenCommit = commit;
      return { done: answer.rows[0]?.pages ?? 0, more: false };
    },
  };
}
