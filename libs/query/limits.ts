/** Bounds of a query's text (ARCHITECTURE.md, "Query language"): beyond them it is a syntax error. */
export const QUERY_LIMITS = {
  /** UTF-8. */
  textBytes: 8 * 1024,
  /** Parentheses within parentheses. */
  depth: 100,
  terms: 1_000,
} as const;
