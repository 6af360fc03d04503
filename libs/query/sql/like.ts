import { caseVariants } from '../fold-case.ts';

/** A literal text within a LIKE pattern. */
export function likeLiteral(text: string): string {
  return text.replace(/[\\%_]/gu, String.raw`\$&`);
}

/** A LIKE pattern over `lower(... COLLATE "C")`, and whether it alone decides. */
export interface FoldedLike {
  readonly pattern: string;
  readonly exact: boolean;
}

/**
 * The folded text for the cheapest comparison that Postgres has: lower case of ASCII only. A character that
 * others outside ASCII fold to, or that is outside it and has another case, becomes `_`.
 */
export function foldedLike(folded: string): FoldedLike {
  let pattern = '';
  let exact = true;
  for (const character of folded) {
    const certain = caseVariants(character).every((variant) => lowerAscii(variant) === character);
    pattern += certain ? likeLiteral(character) : '_';
    exact &&= certain;
  }
  return { pattern, exact };
}

function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/gu, (letter) => letter.toLowerCase());
}
