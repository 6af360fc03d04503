export { jobLockKey, jobLockSql, LOCK_NAMESPACE, LOCKS, lockSql } from './advisory-locks.ts';
export { asStoreError, isTransient, StoreRefusedError, StoreUnavailableError } from './errors.ts';
export { Ledger, type LedgerEntry } from './ledger.ts';
export { INDEXED_LEVELS, indexesSql } from './partitions/partition-creator.ts';
export type { Granularity, TimeRange } from './partitions/plan.ts';
export { sealTable } from './partitions/seal-table.ts';
export type { RowSegment, SegmentCatalog } from './partitions/segment-catalog.ts';
export { openLedger, type OpenLedger } from './open-ledger.ts';
export { openStore, type Store } from './store.ts';
export type { StoreSettings } from './settings.ts';
export {
  type Quarantine,
  type QuarantineEntry,
  type QuarantinePage,
  type RawBatch,
} from './quarantine/quarantine.ts';
export {
  MOST_SAVED_SEARCHES,
  type DeleteSearchOutcome,
  type SavedSearch,
  type SavedSearches,
  type SaveOutcome,
  type SearchToSave,
  type SearchUser,
} from './searches/saved-searches.ts';
export { REFUSED_REASON } from './quarantine/quarantine-rows.ts';
export type { BatchDisposition } from './write/dispositions.ts';
export type { CommitResult, GroupWriter } from './write/group-writer.ts';
export { mayContain, mayContainHash, type FilterBits } from './skip-index/bloom-filter.ts';
export { fieldState, SkipFilterBuilder } from './skip-index/skip-filter-builder.ts';
export { COPIED, escapesOf, GATHERED, isAbsent } from './skip-index/text-format.ts';
export { tokenHash } from './skip-index/token-hash.ts';
export * from './read/index.ts';
export * from './jobs/index.ts';
export { SCAN_BY_GROUP_SQL } from './scan-by-group.ts';
export * from './heartbeat/index.ts';
