import pg from 'pg';
import { QueryFailedError } from 'typeorm';

/**
 * The store cannot take or answer something now; the same call is safe to repeat later (with the same batch ids).
 * Also thrown where the outcome of a commit is unknown because the connection broke: the ledger tells on the retry.
 */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
  readonly permanent = false;
  /** SQLSTATE, or the code of the network error, or `aborted`. */
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** The server cannot be used as it is; the message is one sentence for the person who starts the program. */
export class StoreRefusedError extends Error {
  override readonly name = 'StoreRefusedError';
  readonly permanent = true;
  readonly code: 'server-too-old' | 'fsync-off' | 'encoding' | 'connection-refused';

  constructor(code: StoreRefusedError['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

interface ErrorFacts {
  readonly code?: unknown;
  readonly message: string;
}

/** An error by its shape: the network's errors may come from another realm, so `instanceof Error` does not tell. */
function isErrorLike(error: unknown): error is ErrorFacts {
  return typeof error === 'object' && error !== null && 'message' in error;
}

/** SQLSTATE of a server's error, code of a network error, `connection` for others of the connection, else null. */
export function errorCode(error: unknown): string | null {
  if (error instanceof pg.DatabaseError) return error.code ?? 'XX000';
  if (error instanceof QueryFailedError) return errorCode(error.driverError);
  if (!isErrorLike(error)) return null;
  if (typeof error.code === 'string' && NETWORK_ERROR.test(error.code)) return error.code;
  return CONNECTION_MESSAGE.test(error.message) ? 'connection' : null;
}

// No SQLSTATE begins with E.
const NETWORK_ERROR = /^E[A-Z]+$/;
// The pg driver reports a broken connection by message only.
const CONNECTION_MESSAGE =
  /connection terminated|connection error|timeout exceeded when trying to connect|timeout expired|not queryable|client was closed|read timeout|pool after calling end/i;

// 08 connection, 40 serialisation and deadlock, 53 out of resources, 55 lock timeout and object in use,
// 57 shutdown, cancel and statement timeout, 58 I/O of the server, 25006 a standby after a failover.
const TRANSIENT_SQLSTATE = /^(08|40|53|55|57|58)|^25006$/;

/** True where the same statement may succeed later without anybody changing the data. */
export function isTransient(error: unknown): boolean {
  if (error instanceof StoreUnavailableError) return true;
  const code = errorCode(error);
  if (code === null) return false;
  return code === 'connection' || NETWORK_ERROR.test(code) || TRANSIENT_SQLSTATE.test(code);
}

function messageOf(error: unknown): string {
  return isErrorLike(error) ? error.message : String(error);
}

/** A `StoreUnavailableError` for a transient error; any other error as it is. */
export function asStoreError(error: unknown): Error {
  if (error instanceof StoreUnavailableError) return error;
  const known = error instanceof Error ? error : new Error(messageOf(error), { cause: error });
  if (!isTransient(error)) return known;
  const code = errorCode(error) ?? 'connection';
  return new StoreUnavailableError(
    code,
    `Postgres is unavailable (${code}): ${known.message}`,
    error,
  );
}
