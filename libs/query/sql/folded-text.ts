import { conjunction, type Target } from './condition.ts';
import type { Dialect } from './dialect.ts';
import { foldedLike, likeLiteral, type FoldedLike } from './like.ts';
import { foldedPattern } from './pattern.ts';

/*
 * Texts where case is ignored. Postgres has a cheap comparison, LIKE over the lower case of ASCII, which decides
 * nearly everything; a pattern decides the rest. In DuckDB the pattern alone costs less than lower case does.
 */

/**
 * Conditions that hold wherever folded texts occur in order, and cost little. For DuckDB a pattern that begins with the
 * text itself: RE2 looks for such a beginning several times faster than for one of what may stand before a word.
 */
export function coarselyInOrder(
  column: string,
  parts: readonly string[],
  target: Target,
): readonly string[] {
  const { bind, dialect } = target;
  if (dialect.name === 'duckdb') return [matches(column, patternInOrder(parts, dialect), target)];
  const like = parts.map((part) => foldedLike(part).pattern).join('%');
  return [`${lowerAscii(column)} LIKE ${bind(`%${like}%`)}`];
}

/** A whole text, ignoring case; the text is folded. */
export function equalsFolded(column: string, folded: string, target: Target): string {
  const pattern = () => `^${foldedPattern(folded, target.dialect)}$`;
  if (target.dialect.name === 'duckdb') return matches(column, pattern(), target);
  const like = foldedLike(folded);
  if (like.exact) return `${lowerAscii(column)} = ${target.bind(folded)}`;
  return decided(column, like.pattern, likeLiteral(folded), pattern(), target);
}

/** Folded texts one after the other with anything between them, ignoring case. */
export function containsFolded(column: string, parts: readonly string[], target: Target): string {
  const { dialect } = target;
  const pattern = () => patternInOrder(parts, dialect);
  if (dialect.name === 'duckdb') return matches(column, pattern(), target);
  const likes = parts.map(foldedLike);
  const coarse = `%${likes.map((like: FoldedLike) => like.pattern).join('%')}%`;
  if (likes.every((like) => like.exact)) {
    return `${lowerAscii(column)} LIKE ${target.bind(coarse)}`;
  }
  const certain = `%${parts.map(likeLiteral).join('%')}%`;
  return decided(column, coarse, certain, pattern(), target);
}

function patternInOrder(parts: readonly string[], dialect: Dialect): string {
  return parts.map((part) => foldedPattern(part, dialect)).join(`${dialect.pattern.any}*`);
}

/** Lower case of ASCII only: the cheapest way to ignore case that Postgres has. */
function lowerAscii(column: string): string {
  return `lower(${column} COLLATE "C")`;
}

/** What LIKE leaves open is decided by LIKE with the folded text itself, which nearly always holds, or a pattern. */
function decided(
  column: string,
  coarse: string,
  certain: string,
  pattern: string,
  target: Target,
): string {
  const { bind } = target;
  const like = `${lowerAscii(column)} LIKE ${bind(coarse)}`;
  const alike = `${lowerAscii(column)} LIKE ${bind(certain)}`;
  return conjunction([like, `(${alike} OR ${matches(column, pattern, target)})`]);
}

function matches(column: string, pattern: string, { bind, dialect }: Target): string {
  return dialect.matches(column, bind(pattern));
}
