/** A statement needs more memory than DuckDB was given. A person must act. */
export class EngineMemoryError extends Error {
  override readonly name = 'EngineMemoryError';
  readonly code = 'columnar-memory';
  readonly permanent = true;

  constructor(cause: unknown) {
    super(
      'a statement over columnar files needs more memory than COLUMNAR_MEMORY allows; raise it',
      {
        cause,
      },
    );
  }
}

/** DuckDB says in its messages alone what kind an error is of. */
export function isOutOfMemory(error: unknown): boolean {
  const message =
    typeof error === 'object' && error !== null && 'message' in error ? error.message : '';
  return typeof message === 'string' && message.startsWith('Out of Memory Error');
}
