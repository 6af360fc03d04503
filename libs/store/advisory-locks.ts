/**
 * Keys of the advisory locks (the two-integer form; the first says "Penstock"). One list, so that no two uses share
 * a key by accident.
 */
export const LOCK_NAMESPACE = 0x50_65_6e_73;

export const LOCKS = {
  /** Held for the rest of a transaction that has taken its commit_seq. */
  commitSeq: 1,
  /** Held while migrations run. */
  migrations: 2,
  /** Held while partitions are created or removed. */
  partitions: 3,
} as const;

/** SQL of the transaction-level lock. */
export function lockSql(key: number): string {
  return `SELECT pg_advisory_xact_lock(${LOCK_NAMESPACE}, ${key})`;
}

/** SQL of the key of a background job's lock (`Job.lock`). */
export function jobLockKey(lock: string): string {
  return `hashtextextended('penstock:${lock}', 0)`;
}

/** SQL that takes the lock of a background job for the rest of a transaction. */
export function jobLockSql(lock: string): string {
  return `SELECT pg_advisory_xact_lock(${jobLockKey(lock)})`;
}
