import type { Micros } from '#event';

/** What a token may send. Null: no limit. */
export interface TokenLimits {
  /** Names of services; events of others, and events without one, are rejected. */
  readonly services: readonly string[] | null;
  /** Events per second, over all processes of ingest. */
  readonly eventsPerSecond: number | null;
  /** Events that may come at once after a pause; null: as many as in a second. */
  readonly burst: number | null;
  /** Bytes of events per UTC day. */
  readonly bytesPerDay: number | null;
}

/** What an admin says about a token. */
export interface TokenToKeep extends TokenLimits {
  /** Unique. */
  readonly name: string;
  /** A token that is disabled is refused until it is enabled again. */
  readonly disabled: boolean;
  /** From then on it is refused; null: never. */
  readonly expiresAt: Micros | null;
}

/** A token as it is listed: everything but its secret. */
export interface IngestToken extends TokenToKeep {
  readonly id: string;
  readonly createdAt: Micros;
  readonly rotatedAt: Micros | null;
  /** Until then the secret before the rotation is accepted too; null: there is none. */
  readonly previousUntil: Micros | null;
  /** Accepted since midnight UTC, a second or two behind. */
  readonly today: TokenUsage;
}

export interface TokenUsage {
  readonly events: number;
  readonly bytes: number;
}

export const NO_USAGE: TokenUsage = { events: 0, bytes: 0 };

/** As many are kept in the memory of each process of ingest. Two admins at the same moment may exceed it by one. */
export const MOST_INGEST_TOKENS = 1_000;
/** Names of services that one token may have. */
export const MOST_SERVICES = 100;
/** Longest time for which a rotated secret goes on being accepted, in days. */
export const LONGEST_GRACE_DAYS = 30;
