import type { Job } from '#store';

/** How long the daily usage of a token is kept. */
const USAGE_DAYS = 90;

/** Forgets what tokens sent long ago. */
export const expireTokenUsage: Job = {
  name: 'expire-token-usage',
  lock: 'ingest-token-usage',
  intervalMs: 3_600_000,
  async run(client) {
    const answer = await client.query(
      `DELETE FROM ingest_token_usage
        WHERE day < (now() AT TIME ZONE 'UTC')::date - $1::integer`,
      [USAGE_DAYS],
    );
    return { done: answer.rowCount ?? 0, more: false };
  },
};
