import { randomBytes, randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { Clock } from '#event';
import type { Telemetry } from '#telemetry';
import { SYSTEM } from '../audit/audit-log.ts';
import { recordEntry } from '../audit/record-entry.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import { firstAdminMade } from '../telemetry.ts';
import { answered, inTransaction } from '../transaction.ts';
import { toDate } from './user-row.ts';

export const FIRST_ADMIN = 'admin';

export interface FirstAdminParts {
  readonly pool: Pool;
  readonly hasher: PasswordHasher;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Null: one is made, and shown once in the log. */
  readonly password: string | null;
  readonly newPassword?: () => string;
  readonly newId?: () => string;
}

/**
 * Makes the user `admin` where nobody could log in as an admin otherwise: at the first start, or after all admins were
 * deleted in the database, the way back in. Of several processes that start at once, one makes it.
 *
 * @throws StoreUnavailableError
 */
export async function ensureAdmin(parts: FirstAdminParts): Promise<void> {
  const { pool, hasher, clock, telemetry, newId = randomUUID, newPassword = generated } = parts;
  if (await answered(() => hasAdmin(pool))) return;
  const password = parts.password ?? newPassword();
  const hash = await hasher.hash(password);
  const made = await inTransaction(pool, async (client) => {
    await client.query('LOCK TABLE app_user IN SHARE ROW EXCLUSIVE MODE');
    if (await hasAdmin(client)) return false;
    const now = clock();
    const { rows } = await client.query<{ id: string }>(UPSERT_SQL, [
      newId(),
      FIRST_ADMIN,
      hash,
      toDate(now),
    ]);
    await client.query('DELETE FROM session WHERE user_id = $1', [rows[0]?.id]);
    await recordEntry(client, now, {
      actor: SYSTEM,
      action: 'user.create',
      target: FIRST_ADMIN,
      address: null,
      outcome: 'ok',
      detail: { role: 'admin', password: parts.password === null ? 'generated' : 'given' },
    });
    return true;
  });
  if (!made) return;
  telemetry.emit(firstAdminMade, {
    name: FIRST_ADMIN,
    password: parts.password === null ? password : null,
  });
}

async function hasAdmin(client: Pick<Pool, 'query'>): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT FROM app_user WHERE role = 'admin' AND NOT disabled LIMIT 1`,
  );
  return (rowCount ?? 0) > 0;
}

/** Without an admin, whoever has the name now has no use of it. */
const UPSERT_SQL = `
INSERT INTO app_user (id, name, name_key, role, services, disabled, password_hash, created_at, updated_at)
VALUES ($1, $2, $2, 'admin', NULL, false, $3, $4, $4)
ON CONFLICT (name_key) DO UPDATE
  SET role = 'admin', services = NULL, disabled = false, password_hash = $3, updated_at = $4
RETURNING id`;

/** 144 bits, as 24 characters that are easily copied. */
function generated(): string {
  return randomBytes(18).toString('base64url');
}
