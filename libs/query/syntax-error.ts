const ALTERNATIVES = new Intl.ListFormat('en', { type: 'disjunction' });

/** Where a query's text is wrong, and what would be right there. */
export class QuerySyntaxError extends Error {
  readonly code = 'query-syntax';
  /** 1-based place of the first wrong character, in UTF-16 units. */
  readonly column: number;
  /** How many characters are wrong; 0 where something is missing. */
  readonly length: number;
  /** What would be right at that place, each as a noun phrase. */
  readonly expected: readonly string[];

  constructor(reason: string, from: number, to: number, expected: readonly string[]) {
    const wanted = expected.length === 0 ? '' : `; expected ${ALTERNATIVES.format(expected)}`;
    super(`column ${from + 1}: ${reason}${wanted}`);
    this.name = 'QuerySyntaxError';
    this.column = from + 1;
    this.length = to - from;
    this.expected = expected;
  }
}
