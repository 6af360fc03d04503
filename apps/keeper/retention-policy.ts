import type { ProcessSettings, RetentionRule } from '#config';
import { MICROS_PER_MS } from '#event';
import { parseQuery, type Query } from '#query';
import type { RetentionPolicy } from '#store';

/** The retention that the settings ask for. */
export function retentionPolicy({
  retention,
  retentionDefault,
}: Pick<ProcessSettings<'keeper'>, 'retention' | 'retentionDefault'>): RetentionPolicy {
  return {
    rules: retention.map((rule) => ({ match: queryOf(rule), keep: rule.keepMs * MICROS_PER_MS })),
    keep: retentionDefault === null ? null : retentionDefault * MICROS_PER_MS,
  };
}

function queryOf({ field, value }: RetentionRule): Query {
  return parseQuery(`${field}:"${value.replace(/["\\*]/g, '\\$&')}"`);
}
