/** An answer of the API server that is no success; status 0 is no answer at all. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** The word of the API server, as `Conflict` or `Invalid`. */
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }

  get isMissing(): boolean {
    return this.status === 404;
  }

  get isConflict(): boolean {
    return this.status === 409;
  }

  get isForbidden(): boolean {
    return this.status === 401 || this.status === 403;
  }

  /** The list that a watch began from is too old. */
  get isExpired(): boolean {
    return this.status === 410;
  }

  /** The object is wrong, so that another attempt meets the same answer. */
  get isPermanent(): boolean {
    return this.status === 400 || this.status === 422;
  }
}

interface StatusObject {
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
}

/** The error that an answer, or an event of a watch, tells as a Status object. */
export function readApiError(status: number, text: string): ApiError {
  try {
    const told = JSON.parse(text) as StatusObject;
    return fromStatus(told, status);
  } catch {
    return new ApiError(status, 'Unknown', text.slice(0, 500).trim());
  }
}

export function fromStatus({ code, reason, message }: StatusObject, status = 0): ApiError {
  return new ApiError(code ?? status, reason ?? 'Unknown', message ?? `status ${status}`);
}
