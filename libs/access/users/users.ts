import { randomUUID } from 'node:crypto';
import pg, { type Pool, type PoolClient } from 'pg';
import type { Clock } from '#event';
import type { AuditActor, AuditEntry } from '../audit/audit-log.ts';
import { recordEntry } from '../audit/record-entry.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import { answered, inTransaction } from '../transaction.ts';
import { changeOf, describeChange, endsSessions } from './user-change.ts';
import { userNameKey } from './user-name.ts';
import { toDate, toUser, USER_COLUMNS, type UserRow } from './user-row.ts';
import {
  MOST_USERS,
  type DeleteOutcome,
  type User,
  type UserChange,
  type UserOutcome,
  type UserToAdd,
} from './user.ts';

/** Who changes something, for the audit log. */
export interface ChangedBy {
  readonly actor: AuditActor;
  readonly address: string | null;
}

export interface UsersParts {
  readonly pool: Pool;
  readonly hasher: PasswordHasher;
  readonly clock: Clock;
  readonly newId?: () => string;
}

const UNIQUE_VIOLATION = '23505';

/** Changes of users wait for each other, so that two cannot remove the last two admins at once. */
const LOCK = 'LOCK TABLE app_user IN SHARE ROW EXCLUSIVE MODE';

/**
 * The accounts. Each change and its audit entry stand or fall together. Every call throws StoreUnavailableError while
 * Postgres is away.
 */
export class Users {
  private readonly pool: Pool;
  private readonly hasher: PasswordHasher;
  private readonly clock: Clock;
  private readonly newId: () => string;

  constructor({ pool, hasher, clock, newId = randomUUID }: UsersParts) {
    this.pool = pool;
    this.hasher = hasher;
    this.clock = clock;
    this.newId = newId;
  }

  /** All of them, by name. */
  async list(): Promise<readonly User[]> {
    const { rows } = await answered(() =>
      this.pool.query<UserRow>(
        `SELECT ${USER_COLUMNS} FROM app_user ORDER BY name_key LIMIT ${MOST_USERS}`,
      ),
    );
    return rows.map(toUser);
  }

  async find(id: string): Promise<User | null> {
    if (!UUID.test(id)) return null;
    return answered(() => findUser(this.pool, id));
  }

  async add(user: UserToAdd, by: ChangedBy): Promise<UserOutcome> {
    if (isLimitedAdmin(user)) return { kind: 'limited-admin' };
    const hash = user.password === null ? null : await this.hasher.hash(user.password);
    return orNameTaken(() =>
      inTransaction(this.pool, async (client): Promise<UserOutcome> => {
        await client.query(LOCK);
        if (await isFull(client)) return { kind: 'full' };
        const added = await this.insert(client, user, hash);
        const { name, role, services } = added;
        await this.record(client, by, 'user.create', name, { role, services });
        return { kind: 'saved', user: added };
      }),
    );
  }

  /** Ends the user's sessions where role, services, password or being disabled change. */
  async change(id: string, change: UserChange, by: ChangedBy): Promise<UserOutcome> {
    if (!UUID.test(id)) return { kind: 'absent' };
    const hash =
      change.password === undefined ? undefined : await this.hasher.hash(change.password);
    return inTransaction(this.pool, async (client): Promise<UserOutcome> => {
      await client.query(LOCK);
      const before = await findUser(client, id);
      if (before === null) return { kind: 'absent' };
      const after = changeOf(before, change);
      if (isLimitedAdmin(after)) return { kind: 'limited-admin' };
      if (!isActiveAdmin(after) && (await isLastAdmin(client, before)))
        return { kind: 'last-admin' };
      const { rows } = await client.query<UserRow>(
        `UPDATE app_user SET role = $2, services = $3, disabled = $4, updated_at = $5,
           password_hash = coalesce($6, password_hash) WHERE id = $1 RETURNING ${USER_COLUMNS}`,
        [id, after.role, after.services, after.disabled, this.now(), hash ?? null],
      );
      if (endsSessions(before, after, change)) await endSessions(client, id);
      await this.record(
        client,
        by,
        'user.update',
        before.name,
        describeChange(before, after, change),
      );
      return { kind: 'saved', user: toUser(rows[0] as UserRow) };
    });
  }

  /** With the user's sessions and private searches. */
  async delete(id: string, by: ChangedBy): Promise<DeleteOutcome> {
    if (!UUID.test(id)) return 'absent';
    return inTransaction(this.pool, async (client): Promise<DeleteOutcome> => {
      await client.query(LOCK);
      const user = await findUser(client, id);
      if (user === null) return 'absent';
      if (await isLastAdmin(client, user)) return 'last-admin';
      await client.query('DELETE FROM app_user WHERE id = $1', [id]);
      await client.query('DELETE FROM saved_search WHERE owner_id = $1 AND NOT shared', [id]);
      await this.record(client, by, 'user.delete', user.name, { role: user.role });
      return 'deleted';
    });
  }

  /**
   * A user's own change of the password. Ends all sessions but the one that asks.
   *
   * @returns false where the present password is another
   */
  async changeOwnPassword(
    id: string,
    passwords: { readonly present: string; readonly next: string },
    keptSession: string | null,
    by: ChangedBy,
  ): Promise<boolean> {
    const phc = await answered(() => passwordHash(this.pool, id));
    const { matches } = await this.hasher.check(passwords.present, phc);
    const hash = matches ? await this.hasher.hash(passwords.next) : null;
    return inTransaction(this.pool, async (client) => {
      // Between the check and now somebody may have set another one.
      const changed =
        hash !== null &&
        (
          await client.query(
            'UPDATE app_user SET password_hash = $2, updated_at = $3 WHERE id = $1 AND password_hash = $4',
            [id, hash, this.now(), phc],
          )
        ).rowCount === 1;
      if (changed) await endSessions(client, id, keptSession);
      const outcome = changed ? 'ok' : 'failed';
      await this.record(client, by, 'user.password', by.actor.name, {}, outcome);
      return changed;
    });
  }

  private async insert(client: PoolClient, user: UserToAdd, hash: string | null): Promise<User> {
    const { name, role, services, disabled } = user;
    const { rows } = await client.query<UserRow>(
      `INSERT INTO app_user (id, name, name_key, role, services, disabled, password_hash, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) RETURNING ${USER_COLUMNS}`,
      [this.newId(), name, userNameKey(name), role, services, disabled, hash, this.now()],
    );
    return toUser(rows[0] as UserRow);
  }

  private async record(
    client: PoolClient,
    { actor, address }: ChangedBy,
    action: AuditEntry['action'],
    target: string,
    detail: AuditEntry['detail'],
    outcome: AuditEntry['outcome'] = 'ok',
  ): Promise<void> {
    const entry = { actor, action, target, address, outcome, detail };
    await recordEntry(client, this.clock(), entry);
  }

  private now(): Date {
    return toDate(this.clock());
  }
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

async function findUser(client: Pool | PoolClient, id: string): Promise<User | null> {
  const { rows } = await client.query<UserRow>(
    `SELECT ${USER_COLUMNS} FROM app_user WHERE id = $1`,
    [id],
  );
  return rows[0] === undefined ? null : toUser(rows[0]);
}

async function passwordHash(pool: Pool, id: string): Promise<string | null> {
  const { rows } = await pool.query<{ password_hash: string | null }>(
    'SELECT password_hash FROM app_user WHERE id = $1 AND NOT disabled',
    [id],
  );
  return rows[0]?.password_hash ?? null;
}

async function isFull(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ users: number }>(
    'SELECT count(*)::int AS users FROM app_user',
  );
  return (rows[0]?.users ?? 0) >= MOST_USERS;
}

async function isLastAdmin(client: PoolClient, user: User): Promise<boolean> {
  if (!isActiveAdmin(user)) return false;
  const { rows } = await client.query<{ others: number }>(
    `SELECT count(*)::int AS others FROM app_user WHERE role = 'admin' AND NOT disabled AND id <> $1`,
    [user.id],
  );
  return rows[0]?.others === 0;
}

function isActiveAdmin({ role, disabled }: Pick<User, 'role' | 'disabled'>): boolean {
  return role === 'admin' && !disabled;
}

function isLimitedAdmin({ role, services }: Pick<User, 'role' | 'services'>): boolean {
  return role === 'admin' && services !== null;
}

async function endSessions(
  client: PoolClient,
  userId: string,
  kept: string | null = null,
): Promise<void> {
  await client.query('DELETE FROM session WHERE user_id = $1 AND id IS DISTINCT FROM $2', [
    userId,
    kept,
  ]);
}

async function orNameTaken(add: () => Promise<UserOutcome>): Promise<UserOutcome> {
  try {
    return await add();
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === UNIQUE_VIOLATION) {
      return { kind: 'name-taken' };
    }
    throw error;
  }
}
