import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { cleanText, MICROS_PER_MS, type Clock } from '#event';
import type { Identity } from '../identity/identity.ts';
import { answered } from '../transaction.ts';
import { toDate, toMicros } from '../users/user-row.ts';
import type { Client, NewSession, Session, SessionLife } from './session.ts';
import { isSessionToken, newSessionToken, sessionTokenHash } from './session-token.ts';

export interface SessionsParts {
  readonly pool: Pool;
  readonly life: SessionLife;
  readonly clock: Clock;
  readonly newToken?: () => string;
  readonly newId?: () => string;
}

export interface FoundSession {
  readonly identity: Identity;
  readonly sessionId: string;
}

/** Of one user; a login beyond ends the one that was not used for longest. */
export const MOST_SESSIONS = 50;

const LONGEST_USER_AGENT = 256;

/** A session's use is written down at most so often, in ms, that reading stays reading. */
const SEEN_EVERY_MS = 60_000;

/** Who is logged in where. Every call throws StoreUnavailableError while Postgres is away. */
export class Sessions {
  private readonly pool: Pool;
  private readonly life: SessionLife;
  private readonly clock: Clock;
  private readonly newToken: () => string;
  private readonly newId: () => string;

  constructor(parts: SessionsParts) {
    this.pool = parts.pool;
    this.life = parts.life;
    this.clock = parts.clock;
    this.newToken = parts.newToken ?? newSessionToken;
    this.newId = parts.newId ?? randomUUID;
  }

  /** Begins one, in the transaction of the client if there is one. */
  async begin(
    userId: string,
    { address, userAgent }: Client,
    client: Pool | PoolClient = this.pool,
  ): Promise<NewSession> {
    const [id, token, now] = [this.newId(), this.newToken(), this.clock()];
    const expiresAt = now + this.life.absoluteMs * MICROS_PER_MS;
    const agent = userAgent === null ? null : cleanText(userAgent.slice(0, LONGEST_USER_AGENT));
    await answered(async () => {
      await client.query(
        `DELETE FROM session WHERE id IN (
           SELECT id FROM session WHERE user_id = $1 ORDER BY last_seen_at DESC OFFSET $2)`,
        [userId, MOST_SESSIONS - 1],
      );
      await client.query(
        `INSERT INTO session (id, token_hash, user_id, created_at, last_seen_at, expires_at, address, user_agent)
         VALUES ($1, $2, $3, $4, $4, $5, $6, $7)`,
        [id, sessionTokenHash(token), userId, toDate(now), toDate(expiresAt), address, agent],
      );
    });
    return { id, token, expiresAt };
  }

  /**
   * Whose session a token is of; null where it is of none that lasts, or its user is disabled.
   *
   * @param counts whether the session is used by this, so that it lasts longer
   */
  async find(token: string, counts: boolean): Promise<FoundSession | null> {
    if (!isSessionToken(token)) return null;
    const { rows } = await answered(() =>
      this.pool.query<FoundRow>(FIND_SQL, [
        sessionTokenHash(token),
        toDate(this.clock()),
        this.idleSince(),
      ]),
    );
    const [row] = rows;
    if (row === undefined) return null;
    if (counts) await this.seen(row);
    const { session_id: sessionId, id, name, role, services } = row;
    return { identity: { kind: 'user', id, name, role, services }, sessionId };
  }

  /** Those of a user that last, the last used first. */
  async list(userId: string): Promise<readonly Session[]> {
    const { rows } = await answered(() =>
      this.pool.query<SessionRow>(
        `SELECT id, created_at, last_seen_at, expires_at, address, user_agent FROM session
          WHERE user_id = $1 AND expires_at > $2 AND last_seen_at > $3
          ORDER BY last_seen_at DESC, id LIMIT ${MOST_SESSIONS}`,
        [userId, toDate(this.clock()), this.idleSince()],
      ),
    );
    return rows.map(toSession);
  }

  /** Ends one session of a user; false where there is no such session. */
  async revoke(userId: string, sessionId: string): Promise<boolean> {
    if (!UUID.test(sessionId)) return false;
    const { rowCount } = await answered(() =>
      this.pool.query('DELETE FROM session WHERE user_id = $1 AND id = $2', [userId, sessionId]),
    );
    return rowCount === 1;
  }

  /** Ends all sessions of a user but one, and says how many. */
  async revokeAll(userId: string, kept: string | null = null): Promise<number> {
    const { rowCount } = await answered(() =>
      this.pool.query('DELETE FROM session WHERE user_id = $1 AND id IS DISTINCT FROM $2', [
        userId,
        kept,
      ]),
    );
    return rowCount ?? 0;
  }

  private async seen({ session_id: id, last_seen_at: before }: FoundRow): Promise<void> {
    const now = this.clock();
    const every = Math.min(SEEN_EVERY_MS, this.life.idleMs / 4) * MICROS_PER_MS;
    if (now - toMicros(before) < every) return;
    await answered(() =>
      this.pool.query('UPDATE session SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2', [
        id,
        toDate(now),
      ]),
    );
  }

  private idleSince(): Date {
    return toDate(this.clock() - this.life.idleMs * MICROS_PER_MS);
  }
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

interface FoundRow {
  readonly session_id: string;
  readonly last_seen_at: Date;
  readonly id: string;
  readonly name: string;
  readonly role: Identity['role'];
  readonly services: string[] | null;
}

const FIND_SQL = `
SELECT session.id AS session_id, last_seen_at, app_user.id, name, role, services
  FROM session JOIN app_user ON app_user.id = session.user_id
 WHERE token_hash = $1 AND expires_at > $2 AND last_seen_at > $3 AND NOT disabled`;

interface SessionRow {
  readonly id: string;
  readonly created_at: Date;
  readonly last_seen_at: Date;
  readonly expires_at: Date;
  readonly address: string | null;
  readonly user_agent: string | null;
}

function toSession(row: SessionRow): Session {
  return {
    id: row.id,
    createdAt: toMicros(row.created_at),
    lastSeenAt: toMicros(row.last_seen_at),
    expiresAt: toMicros(row.expires_at),
    address: row.address,
    userAgent: row.user_agent,
  };
}
