import type { Job } from '../jobs/job.ts';
import { MOST_PROCESSES } from './heartbeat-table.ts';

/** Forgets processes that have been gone for a day, and of a crash loop all but the most recent ones. */
export const expireHeartbeats: Job = {
  name: 'expire-heartbeats',
  lock: 'heartbeats',
  intervalMs: 600_000,
  async run(client) {
    const answer = await client.query(
      `DELETE FROM process_heartbeat
        WHERE last_seen < now() - interval '1 day'
           OR (last_seen < now() - interval '1 minute' AND id IN (
                SELECT id FROM process_heartbeat ORDER BY last_seen DESC OFFSET $1))`,
      [MOST_PROCESSES],
    );
    return { done: answer.rowCount ?? 0, more: false };
  },
};
