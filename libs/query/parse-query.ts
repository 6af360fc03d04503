import { systemClock, type Micros } from '#event';
import type { Query } from './ast.ts';
import { buildQuery } from './build-query.ts';
import { compileRegex } from './regex/compile.ts';

/**
 * The meaning of a query's text; the empty text means everything.
 * @param now what relative times in the text count from
 * @throws QuerySyntaxError
 */
export function parseQuery(text: string, now: Micros = systemClock()): Query {
  return buildQuery(text, { now, compilePattern: compileRegex });
}
