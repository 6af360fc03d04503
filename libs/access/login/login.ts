import type { Pool } from 'pg';
import { cleanText, type Clock } from '#event';
import type { Telemetry } from '#telemetry';
import { UNKNOWN_ACTOR, type AuditEntry, type AuditLog } from '../audit/audit-log.ts';
import { recordEntry } from '../audit/record-entry.ts';
import type { Identity } from '../identity/identity.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { Client, NewSession } from '../sessions/session.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { loginAnswered } from '../telemetry.ts';
import { answered, inTransaction } from '../transaction.ts';
import { userNameKey } from '../users/user-name.ts';
import { toDate } from '../users/user-row.ts';
import type { LoginLimits } from './login-limits.ts';
import { addressSubject, nameSubject } from './login-subject.ts';
import { LoginThrottle, type LoginSubject } from './login-throttle.ts';

export interface LoginAttempt extends Client {
  readonly name: string;
  readonly password: string;
}

export type LoginOutcome =
  | { readonly kind: 'in'; readonly identity: Identity; readonly session: NewSession }
  /** The name, the password or both; or the user is disabled. Nobody is told which. */
  | { readonly kind: 'wrong' }
  | { readonly kind: 'locked'; readonly retryAfterSeconds: number };

export interface LoginParts {
  readonly pool: Pool;
  readonly hasher: PasswordHasher;
  readonly sessions: Sessions;
  readonly audit: AuditLog;
  readonly limits: LoginLimits;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

interface Account extends Omit<Identity, 'kind'> {
  readonly disabled: boolean;
  readonly passwordHash: string | null;
}

/** Logs in by name and password. Throws StoreUnavailableError while Postgres is away. */
export class Login {
  private readonly parts: LoginParts;
  private readonly throttle: LoginThrottle;

  constructor(parts: LoginParts) {
    this.parts = parts;
    this.throttle = new LoginThrottle(parts.pool, parts.clock, parts.limits);
  }

  async attempt(attempt: LoginAttempt): Promise<LoginOutcome> {
    const outcome = await this.answer(attempt);
    this.parts.telemetry.emit(loginAnswered, { outcome: outcome.kind });
    return outcome;
  }

  private async answer(attempt: LoginAttempt): Promise<LoginOutcome> {
    const subjects = this.subjectsOf(attempt);
    const admittance = await this.throttle.admit(subjects);
    const account = await this.find(attempt.name);
    if (admittance.kind === 'locked') {
      // Once for each lock: whoever goes on trying must not fill the log.
      if (admittance.justNow) await this.record(attempt, account, 'refused');
      return { kind: 'locked', retryAfterSeconds: admittance.retryAfterSeconds };
    }
    const { hasher } = this.parts;
    const check = await hasher.check(attempt.password, account?.passwordHash ?? null);
    if (account === null || !check.matches || account.disabled) {
      await this.record(attempt, account, 'failed');
      return { kind: 'wrong' };
    }
    await this.throttle.succeeded(subjects, nameSubject(attempt.name));
    const rehashed = check.outdated ? await hasher.hash(attempt.password) : null;
    return this.begin(attempt, account, rehashed);
  }

  private subjectsOf({ name, address }: LoginAttempt): readonly LoginSubject[] {
    const { failuresPerName, failuresPerAddress } = this.parts.limits;
    return [
      { key: nameSubject(name), failures: failuresPerName },
      ...(address === null ? [] : [{ key: addressSubject(address), failures: failuresPerAddress }]),
    ];
  }

  private async find(name: string): Promise<Account | null> {
    const { rows } = await answered(() =>
      this.parts.pool.query<Account>(
        `SELECT id, name, role, services, disabled, password_hash AS "passwordHash"
           FROM app_user WHERE name_key = $1`,
        // Postgres refuses what no name has.
        [cleanText(userNameKey(name))],
      ),
    );
    return rows[0] ?? null;
  }

  /** The session, and what is known of the login, begin together. */
  private async begin(
    attempt: LoginAttempt,
    account: Account,
    rehashed: string | null,
  ): Promise<LoginOutcome> {
    const { pool, sessions, clock } = this.parts;
    const { id, name, role, services, passwordHash } = account;
    return inTransaction(pool, async (client): Promise<LoginOutcome> => {
      // Whoever was disabled, deleted or given another password since the look above is not let in.
      const { rowCount } = await client.query(
        `UPDATE app_user SET last_login_at = $2, password_hash = coalesce($3, password_hash)
          WHERE id = $1 AND NOT disabled AND password_hash = $4`,
        [id, toDate(clock()), rehashed, passwordHash],
      );
      if (rowCount === 0) return { kind: 'wrong' };
      const session = await sessions.begin(id, attempt, client);
      await recordEntry(client, clock(), loginEntry(attempt, account, 'ok'));
      return { kind: 'in', identity: { kind: 'user', id, name, role, services }, session };
    });
  }

  private async record(
    attempt: LoginAttempt,
    account: Account | null,
    outcome: AuditEntry['outcome'],
  ): Promise<void> {
    await this.parts.audit.record(loginEntry(attempt, account, outcome));
  }
}

/** Without the name that was tried where there is none such: it may be a password. */
function loginEntry(
  { address }: LoginAttempt,
  account: Account | null,
  outcome: AuditEntry['outcome'],
): AuditEntry {
  const actor =
    outcome === 'ok' && account !== null
      ? ({ kind: 'user', id: account.id, name: account.name } as const)
      : UNKNOWN_ACTOR;
  return {
    actor,
    action: 'session.login',
    target: account?.name ?? null,
    address,
    outcome,
    detail: account === null ? { reason: 'unknown-user' } : reasonOf(account, outcome),
  };
}

function reasonOf({ disabled }: Account, outcome: AuditEntry['outcome']): AuditEntry['detail'] {
  if (outcome === 'refused') return { reason: 'locked' };
  if (outcome === 'ok') return {};
  return { reason: disabled ? 'disabled' : 'wrong-password' };
}
