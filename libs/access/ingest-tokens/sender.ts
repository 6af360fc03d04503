/** Something that a sender may not exceed. */
export interface LimitReached {
  readonly kind: 'limited';
  readonly limit: 'rate' | 'volume';
  /** For people: which limit, and how large. */
  readonly detail: string;
  /** How long to wait at least, in ms. */
  readonly retryAfterMs: number;
}

/** Events that are on their way into the store. */
export interface Charged {
  readonly kind: 'charged';
  /** To be called once their outcome is known: false where none of them was stored, and none will be. */
  settle(stored: boolean): void;
}

/**
 * Whoever sends a request to ingest, and what it may send. Excluded: proving who it is, which comes before.
 */
export interface Sender {
  /** Whose Idempotency-Keys they are: the id of a token, or a name that is no id. */
  readonly id: string;
  /** Services whose events are taken; null: all, and those without one. */
  readonly services: ReadonlySet<string> | null;
  /** What keeps the sender from sending anything now, known before its body is read; null: nothing. */
  limitReached(): LimitReached | null;
  /** Takes all events of a request out of what may be sent, before any is stored; or none. */
  charge(events: number, bytes: number): Charged | LimitReached;
}

const FREE: Charged = { kind: 'charged', settle: () => undefined };

/** A sender without limits. */
export function unlimitedSender(id: string): Sender {
  return { id, services: null, limitReached: () => null, charge: () => FREE };
}

/** Whoever sends where nobody is asked who it is. */
export const ANONYMOUS_SENDER: Sender = unlimitedSender('anonymous');
