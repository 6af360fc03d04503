import { MICROS_PER_DAY, MICROS_PER_MS, type Clock } from '#event';
import type { Job } from '#store';
import { toDate } from './users/user-row.ts';

export interface ExpireAccessParts {
  readonly clock: Clock;
  /** How long the audit log is kept, in ms. */
  readonly auditKeepMs: number;
}

const MAX_ROWS = 10_000;

/** Forgets sessions that are over, failed logins that count no more, and audit entries past their time. */
export function createExpireAccess({ clock, auditKeepMs }: ExpireAccessParts): Job {
  return {
    name: 'expire-access',
    lock: 'access',
    intervalMs: 600_000,
    async run(client) {
      const now = clock();
      let done = 0;
      let more = false;
      for (const [sql, before] of [
        [SESSIONS_SQL, now],
        [FAILURES_SQL, now - MICROS_PER_DAY],
        [AUDIT_SQL, now - auditKeepMs * MICROS_PER_MS],
      ] as const) {
        const { rowCount } = await client.query(sql, [toDate(before), MAX_ROWS]);
        done += rowCount ?? 0;
        more ||= rowCount === MAX_ROWS;
      }
      return { done, more };
    },
  };
}

/** Those that were idle for too long are refused at once, and go here with the end of their absolute time. */
const SESSIONS_SQL = `
DELETE FROM session WHERE id = ANY(ARRAY(SELECT id FROM session WHERE expires_at <= $1 LIMIT $2))`;

const FAILURES_SQL = `
DELETE FROM login_failure WHERE subject = ANY(ARRAY(
  SELECT subject FROM login_failure WHERE window_start < $1 AND coalesce(locked_until < $1 + interval '1 day', true) LIMIT $2))`;

const AUDIT_SQL = `
DELETE FROM audit_entry WHERE id = ANY(ARRAY(SELECT id FROM audit_entry WHERE at < $1 ORDER BY at LIMIT $2))`;
