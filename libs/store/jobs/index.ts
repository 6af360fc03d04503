export { buildFilters } from './build-filters.ts';
export { expireLedger, LEDGER_DAYS } from './expire-ledger.ts';
export { createFoldGroups } from './fold-groups.ts';
export { JobRunner, type JobRunnerParts } from './job-runner.ts';
export { NOTHING_TO_DO, type Job, type JobReport } from './job.ts';
export { mergeRemainders, mergeRollups, MAX_RESOURCES_PER_HOUR } from './merge-rollups.ts';
export {
  createRetention,
  cutoffOf,
  deleteRows,
  deletionsOf,
  type Deletion,
  type RetentionParts,
  type RetentionPolicy,
  type RetentionRule,
} from './retention.ts';
export { createSummariseBrin } from './summarise-brin.ts';
export { transaction } from './transaction.ts';
