import { ObjectCorruptError } from '../cache/errors.ts';
import { EngineMemoryError } from '../duckdb/engine-memory-error.ts';
import { ObjectMissingError } from '../storage/object-storage.ts';
import { VerificationError } from './store-file.ts';

/** Whether an error says something of the files that were at hand: others may be whole. */
export function isWrongWithFiles(error: unknown): error is Error {
  return (
    error instanceof VerificationError ||
    error instanceof ObjectCorruptError ||
    error instanceof ObjectMissingError ||
    error instanceof EngineMemoryError
  );
}
