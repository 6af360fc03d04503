import type { Job } from './job.ts';

/** How long a repeated batch id is recognised (ARCHITECTURE.md, "Delivery contract"). */
export const LEDGER_DAYS = 7;

const MAX_ROWS = 20_000;

/** Forgets batch ids that are older than any sender's retry, a bounded number at a time. */
export const expireLedger: Job = {
  name: 'expire-ledger',
  lock: 'ledger',
  intervalMs: 600_000,
  async run(client) {
    const answer = await client.query(
      `DELETE FROM ingest_batch WHERE ctid = ANY(ARRAY(
         SELECT ctid FROM ingest_batch WHERE stored_at < now() - make_interval(days => $1) LIMIT $2))`,
      [LEDGER_DAYS, MAX_ROWS],
    );
    const done = answer.rowCount ?? 0;
    return { done, more: done === MAX_ROWS };
  },
};
