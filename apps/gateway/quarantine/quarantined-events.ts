import type { Micros } from '#event';

/** One thing that could not be stored: an event, or a whole batch that was dead-lettered. */
export interface QuarantineEntry {
  readonly id: string;
  readonly quarantinedAt: Micros;
  /** A stable code. */
  readonly reason: string;
  readonly detail: string;
  readonly batchId: string | null;
  readonly events: number;
}

export interface QuarantinePage {
  /** Newest first. */
  readonly entries: readonly QuarantineEntry[];
  readonly nextCursor: string | null;
}

/** The store's quarantine as the gateway uses it. Excluded: how it is filled. */
export interface QuarantinedEvents {
  list(request: {
    readonly cursor: string | null;
    readonly reason: string | null;
    readonly limit: number;
  }): Promise<QuarantinePage>;
  /** The bytes as they were sent, or null where there is no such entry. */
  raw(id: string): Promise<Buffer | null>;
  /** False where there was no such entry. */
  delete(id: string): Promise<boolean>;
}

/**
 * What became of replayed bytes: `accepted` is durable, `rejected` failed again for a reason of its own,
 * `unavailable` was not tried or has an unknown outcome, and is safe to repeat because its batchId stays the same.
 */
export type ReplayOutcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'rejected'; readonly reason: string }
  | { readonly kind: 'unavailable'; readonly retryAfterSeconds: number; readonly reason: string };

/** Sends quarantined bytes through the normal intake under a batchId derived from the entry's id. */
export type Replay = (raw: Buffer, id: string, signal: AbortSignal) => Promise<ReplayOutcome>;
