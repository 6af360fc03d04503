import { cleanText, formatTimestamp, levelRank, type Level } from '#event';
import type { Query } from '../ast.ts';
import { conjunction, exactly, type Bind, type Condition, type Target } from './condition.ts';
import { byCost } from './cost.ts';
import { POSTGRES, type Dialect } from './dialect.ts';
import { fieldCondition } from './field.ts';
import { messageCondition } from './message.ts';

/**
 * A query as a condition over the columns of log_event, with bound parameters only; NULL counts as false. Where it
 * is not `exact`, it holds for every row that matches and for some that do not: each row must be checked by the
 * predicate.
 */
export function toSql(query: Query, bind: Bind, dialect: Dialect = POSTGRES): Condition {
  // Postgres refuses NUL and lone surrogates, which no stored text holds.
  const bindClean: Bind = (value) => bind(typeof value === 'string' ? cleanText(value) : value);
  return translate(query, { bind: bindClean, dialect }, true);
}

/**
 * Under a negation (`positive` false) a condition must not hold for rows that do not match; what cannot be said
 * exactly is false there, so that its negation keeps all rows.
 */
function translate(query: Query, target: Target, positive: boolean): Condition {
  switch (query.kind) {
    case 'all':
      return exactly('true');
    case 'and':
      return combine(query.operands, ' AND ', target, positive);
    case 'or':
      return combine(query.operands, ' OR ', target, positive);
    case 'not': {
      const operand = translate(query.operand, target, !positive);
      return { sql: `NOT (${operand.sql})`, exact: operand.exact };
    }
    default:
      return leaf(query, target, positive);
  }
}

function combine(
  operands: readonly Query[],
  operator: ' AND ' | ' OR ',
  target: Target,
  positive: boolean,
): Condition {
  const conditions = byCost(operands).map((operand) => translate(operand, target, positive));
  return {
    sql: `(${conditions.map((condition) => condition.sql).join(operator)})`,
    exact: conditions.every((condition) => condition.exact),
  };
}

type Term = Exclude<Query, { kind: 'all' | 'and' | 'or' | 'not' }>;

function leaf(term: Term, target: Target, positive: boolean): Condition {
  // Tried without binding, since a bound value that no condition uses is an error.
  if (!positive && !termCondition(term, { ...target, bind: () => '' }).exact)
    return { sql: 'false', exact: false };
  const condition = termCondition(term, target);
  // A missing field matches no term: NULL must be false before it is negated.
  return { sql: positive ? condition.sql : `(${condition.sql}) IS TRUE`, exact: condition.exact };
}

function termCondition(term: Term, target: Target): Condition {
  switch (term.kind) {
    case 'level':
      return exactly(levelCondition(term.levels));
    case 'time':
      return exactly(timeCondition(term.from, term.to, target.bind));
    case 'phrase':
    case 'message-contains':
    case 'word-affix':
    case 'message-wildcard':
    case 'message-equals':
      return messageCondition(term, target);
    default:
      return fieldCondition(term, target);
  }
}

/** Constants, not parameters: only from those can Postgres tell that the index on errors serves. */
function levelCondition(levels: readonly Level[]): string {
  return levels.length === 0 ? 'false' : `level IN (${levels.map(levelRank).join(', ')})`;
}

function timeCondition(from: number | null, to: number | null, bind: Bind): string {
  const ends: string[] = [];
  if (from !== null) ends.push(`ts >= ${bind(formatTimestamp(from))}::timestamptz`);
  if (to !== null) ends.push(`ts <= ${bind(formatTimestamp(to))}::timestamptz`);
  return ends.length === 0 ? 'true' : conjunction(ends);
}
