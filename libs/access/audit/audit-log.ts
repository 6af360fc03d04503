import type { JsonObject, Micros } from '#event';
import type { Identity } from '../identity/identity.ts';

/** What is written down. */
export const AUDIT_ACTIONS = [
  'session.login',
  'session.logout',
  'session.revoke',
  'user.create',
  'user.update',
  'user.delete',
  'user.password',
  'token.create',
  'token.update',
  'token.rotate',
  'token.revoke',
  'events.export',
  'quarantine.replay',
  'quarantine.delete',
  'audit.export',
] as const;

export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** `refused`: it was not tried, as with a locked login. */
export const AUDIT_OUTCOMES = ['ok', 'failed', 'refused'] as const;

export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/** Who did something: an identity, or `system` for the program itself. */
export interface AuditActor {
  readonly kind: Identity['kind'] | 'system' | 'unknown';
  readonly id: string | null;
  readonly name: string;
}

/** Something that somebody did. It holds no secret. */
export interface AuditEntry {
  readonly actor: AuditActor;
  readonly action: AuditAction;
  /** What it was done to, for people: a name. */
  readonly target: string | null;
  /** The client's IP address. */
  readonly address: string | null;
  readonly outcome: AuditOutcome;
  /** A few small members; at most 8 KiB as JSON, else it is left out and `{"truncated":true}` stands for it. */
  readonly detail: JsonObject;
}

export interface StoredAuditEntry extends AuditEntry {
  readonly id: string;
  readonly at: Micros;
}

/** Writes down what people do. Excluded: reading. */
export interface AuditLog {
  /**
   * Resolves once it is stored; what must not happen unnoticed waits for it.
   *
   * @throws StoreUnavailableError
   */
  record(entry: AuditEntry): Promise<void>;
}

export const SYSTEM: AuditActor = { kind: 'system', id: null, name: 'penstock' };

/** Somebody who could not say who he is. */
export const UNKNOWN_ACTOR: AuditActor = { kind: 'unknown', id: null, name: 'unknown' };

export function actorOf({ kind, id, name }: Identity): AuditActor {
  return { kind, id, name };
}
