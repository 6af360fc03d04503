export interface StatementLimits {
  /** Most that the statement may take, in ms; 0 is no limit. Beyond, it is a `StatementTimeoutError`. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}
