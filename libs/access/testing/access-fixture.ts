import { MICROS_PER_MS, type Micros } from '#event';
import { Telemetry } from '#telemetry';
import { NOON } from '../../store/testing/events.ts';
import { openTestStore, type TestStore } from '../../store/testing/open-test-store.ts';
import { SYSTEM } from '../audit/audit-log.ts';
import { PostgresAuditTrail } from '../audit/audit-trail.ts';
import type { LoginLimits } from '../login/login-limits.ts';
import { Login } from '../login/login.ts';
import { PasswordHasher } from '../passwords/password-hasher.ts';
import type { Argon2Cost } from '../passwords/phc.ts';
import type { SessionLife } from '../sessions/session.ts';
import { Sessions } from '../sessions/sessions.ts';
import type { User, UserToAdd } from '../users/user.ts';
import { Users } from '../users/users.ts';

export const PASSWORD = 'correct horse battery';

/** The real cost would only make tests slow. */
export const CHEAP: Argon2Cost = { memoryKib: 64, passes: 1, parallelism: 1 };

const LIFE: SessionLife = { idleMs: 3_600_000, absoluteMs: 86_400_000 };
const LIMITS: LoginLimits = { failuresPerName: 3, failuresPerAddress: 5, lockoutMs: 900_000 };

export interface AccessFixture {
  readonly db: TestStore;
  readonly hasher: PasswordHasher;
  readonly users: Users;
  readonly sessions: Sessions;
  readonly login: Login;
  readonly telemetry: Telemetry;
  readonly log: string[];
  readonly clock: () => Micros;
  /** Lets the clock run on. */
  pass(ms: number): void;
  addUser(user?: Partial<UserToAdd>): Promise<User>;
  audit(): Promise<Record<string, unknown>[]>;
  /** Empties the tables. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** Access control on an empty database; its clock starts at `NOON` and stands still. */
export async function openAccessFixture(): Promise<AccessFixture> {
  const db = await openTestStore();
  const log: string[] = [];
  const telemetry = new Telemetry((line) => log.push(line.message));
  let now = NOON;
  const clock = () => now;
  const pool = db.store.accessPool;
  const hasher = new PasswordHasher(CHEAP);
  const users = new Users({ pool, hasher, clock });
  const sessions = new Sessions({ pool, clock, life: LIFE });
  const audit = new PostgresAuditTrail(pool, clock);
  const login = new Login({ pool, hasher, sessions, audit, limits: LIMITS, clock, telemetry });
  return {
    db,
    hasher,
    users,
    sessions,
    login,
    telemetry,
    log,
    clock,
    pass: (ms) => {
      now += ms * MICROS_PER_MS;
    },
    addUser: async (change = {}) => {
      const user: UserToAdd = {
        name: 'ada',
        role: 'viewer',
        services: null,
        disabled: false,
        password: PASSWORD,
        ...change,
      };
      const outcome = await users.add(user, { actor: SYSTEM, address: null });
      if (outcome.kind !== 'saved') throw new Error(outcome.kind);
      return outcome.user;
    },
    audit: () =>
      db.query(
        'SELECT actor, action, target, address, outcome, detail FROM audit_entry ORDER BY id',
      ),
    clear: async () => {
      await db.query(
        'TRUNCATE app_user, session, login_failure, audit_entry, saved_search CASCADE',
      );
    },
    close: () => db.close(),
  };
}
