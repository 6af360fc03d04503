import type { Pool } from 'pg';
import { MICROS_PER_MS, MICROS_PER_SECOND, type Clock } from '#event';
import { inTransaction } from '../transaction.ts';
import { toDate, toMicros } from '../users/user-row.ts';
import type { LoginLimits } from './login-limits.ts';

/** One who tries: a name or an address, and how often it may fail. */
export interface LoginSubject {
  readonly key: string;
  readonly failures: number;
}

export type Admittance =
  | { readonly kind: 'admitted' }
  | {
      readonly kind: 'locked';
      readonly retryAfterSeconds: number;
      /** This very try is the first that is refused. */
      readonly justNow: boolean;
    };

interface Row {
  readonly subject: string;
  readonly failures: number;
  readonly window_start: Date;
  readonly locked_until: Date | null;
}

const NO_ROW = { failures: 0, locked_until: null } as const;

/**
 * Counts failed logins in Postgres, so that the limits hold whichever gateway is asked, and after a restart. A try is
 * counted before its password is looked at and taken back if it was right: many at the same moment cannot slip through.
 */
export class LoginThrottle {
  private readonly pool: Pool;
  private readonly clock: Clock;
  private readonly lockoutMs: number;

  constructor(pool: Pool, clock: Clock, { lockoutMs }: Pick<LoginLimits, 'lockoutMs'>) {
    this.pool = pool;
    this.clock = clock;
    this.lockoutMs = lockoutMs;
  }

  /** Counts a try of all the subjects, or of none where one of them has to wait. */
  async admit(subjects: readonly LoginSubject[]): Promise<Admittance> {
    // In one order, that two tries never wait for each other.
    const sorted = [...subjects].sort((a, b) => (a.key < b.key ? -1 : 1));
    const now = this.clock();
    const lockout = this.lockoutMs * MICROS_PER_MS;
    return inTransaction(this.pool, async (client) => {
      const { rows } = await client.query<Row>(TAKE_SQL, [
        sorted.map(({ key }) => key),
        toDate(now),
        toDate(now - lockout),
      ]);
      const states = sorted.map((subject) => {
        const row = rows.find((one) => one.subject === subject.key) ?? NO_ROW;
        return { subject, row };
      });
      const full = states.filter(({ subject, row }) => row.failures >= subject.failures);
      if (full.length === 0) {
        await client.query(
          'UPDATE login_failure SET failures = failures + 1 WHERE subject = ANY($1)',
          [sorted.map(({ key }) => key)],
        );
        return { kind: 'admitted' };
      }
      const ends = full.map(({ row }) => (row.locked_until ? toMicros(row.locked_until) : null));
      const until = Math.max(...ends.map((end) => end ?? now + lockout));
      await client.query(
        'UPDATE login_failure SET locked_until = $2 WHERE subject = ANY($1) AND locked_until IS NULL',
        [full.map(({ subject }) => subject.key), toDate(now + lockout)],
      );
      const retryAfterSeconds = Math.max(1, Math.ceil((until - now) / MICROS_PER_SECOND));
      return { kind: 'locked', retryAfterSeconds, justNow: ends.includes(null) };
    });
  }

  /** The try of the subjects was right: it was no failure. `forgiven` begins anew. */
  async succeeded(subjects: readonly LoginSubject[], forgiven: string): Promise<void> {
    const others = subjects.map(({ key }) => key).filter((key) => key !== forgiven);
    await inTransaction(this.pool, async (client) => {
      // In the order of `admit`: addresses before names.
      await client.query(
        'UPDATE login_failure SET failures = greatest(failures - 1, 0) WHERE subject = ANY($1)',
        [others],
      );
      await client.query('DELETE FROM login_failure WHERE subject = $1', [forgiven]);
    });
  }
}

/** The lock is over, or without one the window ($3: when a window that is over now began). */
const OVER = 'coalesce(known.locked_until <= $2, known.window_start <= $3)';

/**
 * The rows of the subjects, made where there are none, begun anew where they are over, and locked against other tries
 * until the end of the transaction.
 */
const TAKE_SQL = `
INSERT INTO login_failure AS known (subject, failures, window_start)
SELECT subject, 0, $2 FROM unnest($1::text[]) AS given(subject) ORDER BY subject
ON CONFLICT (subject) DO UPDATE SET
  failures = CASE WHEN ${OVER} THEN 0 ELSE known.failures END,
  window_start = CASE WHEN ${OVER} THEN $2 ELSE known.window_start END,
  locked_until = CASE WHEN ${OVER} THEN NULL ELSE known.locked_until END
RETURNING subject, failures, window_start, locked_until`;
