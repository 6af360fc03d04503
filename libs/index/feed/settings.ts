import type { Clock, Micros } from '#event';
import { QuerySyntaxError, parseQuery, toSql, type Query } from '#query';
import type { Telemetry } from '#telemetry';
import type { IndexWriter } from '../search-index.ts';

/** What is to be in the index. */
export interface FeedSettings {
  /** Of the names of the indexes. */
  readonly prefix: string;
  /** A query text, by `checkMatch`; empty: everything. */
  readonly match: string;
  /** Days that ended longer ago have no index; null: as long as the events are kept. */
  readonly keep: Micros | null;
  /** How far the index may lag, in ms: older events are left to be filled in when there is time. */
  readonly maxLagMs: number;
}

export interface FeedParts {
  readonly index: IndexWriter;
  readonly settings: FeedSettings;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  /** From 1 to `MAX_SEAL`, another one each time. */
  readonly newSeal: () => number;
}

/**
 * Why a text cannot choose what is indexed, or null. It is no query; or names a time, so that it would mean something
 * else tomorrow; or is too much for SQL alone.
 */
export function checkMatch(text: string): string | null {
  try {
    const query = parseQuery(text);
    if (namesTime(query)) return 'names a time';
    return toSql(query, () => '$1').exact ? null : 'is more than Postgres can decide';
  } catch (error) {
    if (error instanceof QuerySyntaxError) return error.message;
    throw error;
  }
}

function namesTime(query: Query): boolean {
  switch (query.kind) {
    case 'and':
    case 'or':
      return query.operands.some(namesTime);
    case 'not':
      return namesTime(query.operand);
    default:
      return query.kind === 'time';
  }
}
