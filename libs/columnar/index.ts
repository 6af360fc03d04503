export { createArchiveJob } from './archive/archive-job.ts';
export {
  ARCHIVE_LIMITS,
  type ArchiveLimits,
  type ArchiveParts,
  type ArchiveStep,
  type KeepRows,
} from './archive/parts.ts';
export { takingTurns } from './archive/pace.ts';
export { CacheFullError, FilesLateError, ObjectCorruptError } from './cache/errors.ts';
export { FileCache, type FileCacheSettings } from './cache/file-cache.ts';
export { EngineMemoryError } from './duckdb/engine-memory-error.ts';
export {
  Engine,
  NOT_FOR_SEARCHES,
  type EngineSettings,
  type StatementLimits,
} from './duckdb/engine.ts';
export {
  createColumnarReader,
  type ColumnarReader,
  type ColumnarStatement,
  type SegmentFiles,
} from './read/columnar-reader.ts';
export { directAccess } from './read/direct-access.ts';
export type { FileAccess } from './read/file-access.ts';
export { joinWindows, type Window } from './read/windows.ts';
export {
  recoverFiles,
  type RecoverParts,
  type RecoverStep,
  type RecoveryReport,
} from './segments/recover/recover-files.ts';
export {
  restoreSegment,
  type Restored,
  type RestoreParts,
  type RestoreStep,
} from './segments/restore-segment.ts';
export { listSegments, type ListedRange, type ListedSegment } from './segments/segment-list.ts';
export { verifyFiles, type VerifiedObject } from './segments/verify-files.ts';
export { withScratch } from './files/scratch.ts';
export { LocalFolder } from './storage/local-folder.ts';
export {
  ObjectMissingError,
  StorageRefusedError,
  StorageUnavailableError,
  type ObjectStorage,
} from './storage/object-storage.ts';
export type { S3Credentials, S3Encryption, S3Settings } from './storage/s3/s3-settings.ts';
export { openS3Storage } from './storage/s3/open-s3-storage.ts';
