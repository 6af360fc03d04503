import { createHash, randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { Clock } from '#event';
import type { AuditEntry } from '../audit/audit-log.ts';
import { recordEntry } from '../audit/record-entry.ts';
import type { Identity } from '../identity/identity.ts';
import type { Client, NewSession } from '../sessions/session.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { answered, inTransaction } from '../transaction.ts';
import { toDate } from '../users/user-row.ts';
import { MOST_USERS } from '../users/user.ts';
import type { ClaimedPerson } from './claimed-person.ts';
import type { GrantedRole } from './roles-of-claims.ts';

export interface OidcUsersParts {
  readonly pool: Pool;
  readonly sessions: Pick<Sessions, 'begin'>;
  readonly issuer: string;
  readonly clock: Clock;
  readonly newId?: () => string;
}

export type AdmitOutcome =
  | { readonly kind: 'in'; readonly identity: Identity; readonly session: NewSession }
  | { readonly kind: 'disabled' }
  /** There are `MOST_USERS`. */
  | { readonly kind: 'full' };

interface Account {
  readonly id: string;
  readonly disabled: boolean;
}

/**
 * The accounts of those who log in at the provider: known by issuer and subject alone, made at the first login, with
 * the name and role that the provider gives at each. Every call throws StoreUnavailableError while Postgres is away.
 */
export class OidcUsers {
  private readonly parts: OidcUsersParts;
  private readonly newId: () => string;

  constructor(parts: OidcUsersParts) {
    this.parts = parts;
    this.newId = parts.newId ?? randomUUID;
  }

  /** Begins a session of somebody who has proved to be a person, in a role; account and audit entry stand with it. */
  async admit(person: ClaimedPerson, granted: GrantedRole, client: Client): Promise<AdmitOutcome> {
    return inTransaction(this.parts.pool, async (connection): Promise<AdmitOutcome> => {
      // Two first logins of one person wait for each other, and for changes of users.
      await connection.query('LOCK TABLE app_user IN SHARE ROW EXCLUSIVE MODE');
      const known = await this.find(connection, person);
      if (known?.disabled === true) {
        await this.record(connection, person, known.id, client, 'failed', { reason: 'disabled' });
        return { kind: 'disabled' };
      }
      const id = known?.id ?? (await this.make(connection, person, granted));
      if (id === null) return { kind: 'full' };
      if (known !== null) await this.update(connection, id, person, granted);
      const session = await this.parts.sessions.begin(id, client, connection);
      await this.record(connection, person, id, client, 'ok', { role: granted.role });
      const { role, services } = granted;
      return {
        kind: 'in',
        identity: { kind: 'user', id, name: person.name, role, services },
        session,
      };
    });
  }

  /** Whether a user logs in at the provider. */
  async has(userId: string): Promise<boolean> {
    const { rowCount } = await answered(() =>
      this.parts.pool.query('SELECT FROM user_identity WHERE user_id::text = $1 AND issuer = $2', [
        userId,
        this.parts.issuer,
      ]),
    );
    return rowCount === 1;
  }

  private async find(client: PoolClient, { subject }: ClaimedPerson): Promise<Account | null> {
    const { rows } = await client.query<Account>(
      `SELECT id, disabled FROM user_identity JOIN app_user ON app_user.id = user_id
        WHERE issuer = $1 AND subject = $2`,
      [this.parts.issuer, subject],
    );
    return rows[0] ?? null;
  }

  /** Null where there are too many. */
  private async make(
    client: PoolClient,
    person: ClaimedPerson,
    { role, services }: GrantedRole,
  ): Promise<string | null> {
    const { issuer, clock } = this.parts;
    const now = toDate(clock());
    const { rows } = await client.query<{ id: string }>(
      `INSERT INTO app_user (id, name, name_key, role, services, created_at, updated_at, last_login_at)
       SELECT $1, $2, $3, $4, $5, $6, $6, $6 WHERE (SELECT count(*) FROM app_user) < ${MOST_USERS}
       RETURNING id`,
      [this.newId(), person.name, nameKey(issuer, person.subject), role, services, now],
    );
    const id = rows[0]?.id ?? null;
    if (id === null) return null;
    await client.query('INSERT INTO user_identity (issuer, subject, user_id) VALUES ($1, $2, $3)', [
      issuer,
      person.subject,
      id,
    ]);
    return id;
  }

  private async update(
    client: PoolClient,
    id: string,
    { name }: ClaimedPerson,
    { role, services }: GrantedRole,
  ): Promise<void> {
    await client.query(
      `UPDATE app_user SET name = $2, role = $3, services = $4, last_login_at = $5,
         updated_at = CASE WHEN (name, role, services) IS DISTINCT FROM ($2, $3, $4::text[]) THEN $5 ELSE updated_at END
        WHERE id = $1`,
      [id, name, role, services, toDate(this.parts.clock())],
    );
  }

  private async record(
    client: PoolClient,
    { name }: ClaimedPerson,
    id: string,
    { address }: Client,
    outcome: AuditEntry['outcome'],
    detail: AuditEntry['detail'],
  ): Promise<void> {
    await recordEntry(client, this.parts.clock(), {
      actor: { kind: 'user', id, name },
      action: 'session.login',
      target: name,
      address,
      outcome,
      detail: { ...detail, by: 'oidc' },
    });
  }
}

/** No name that somebody types is like it, so that no local user and no login by password can meet it. */
function nameKey(issuer: string, subject: string): string {
  return `oidc:${createHash('sha256').update(`${issuer}\n${subject}`).digest('hex')}`;
}
