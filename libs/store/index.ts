export { LOCK_NAMESPACE, LOCKS, lockSql } from './advisory-locks.ts';
export { asStoreError, isTransient, StoreRefusedError, StoreUnavailableError } from './errors.ts';
export { Ledger, type LedgerEntry } from './ledger.ts';
export type { Granularity, TimeRange } from './partitions/plan.ts';
export type { RowSegment, SegmentCatalog } from './partitions/segment-catalog.ts';
export { openStore, type Store } from './store.ts';
export type { StoreSettings } from './settings.ts';
export type { BatchDisposition, CommitResult, GroupWriter } from './write/group-writer.ts';
