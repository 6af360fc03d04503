/** The time budget of one answer. */
export interface Deadline {
  readonly expired: boolean;
  /** What a statement may take: at least `MIN_STATEMENT_MS`, so that every answer gets somewhere; 0 is no limit. */
  readonly statementTimeoutMs: number;
  /** Milliseconds since the start of the answer. */
  readonly elapsedMs: number;
}

/** Any slice of the first size finishes in this time on a machine that works at all. */
const MIN_STATEMENT_MS = 1_000;
/** Coarse, since a change costs a round trip. */
const STEP_MS = 500;

export function startDeadline(budgetMs: number, now: () => number): Deadline {
  const start = now();
  return {
    get expired() {
      return now() - start >= budgetMs;
    },
    get statementTimeoutMs() {
      const left = Math.ceil((budgetMs - (now() - start)) / STEP_MS) * STEP_MS;
      return Math.max(MIN_STATEMENT_MS, left);
    },
    get elapsedMs() {
      return now() - start;
    },
  };
}

/** No budget and no limit on statements: for exports. */
export const NO_DEADLINE: Deadline = { expired: false, statementTimeoutMs: 0, elapsedMs: 0 };
