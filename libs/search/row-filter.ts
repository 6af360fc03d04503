import type { FieldRef, Query } from '#query';

const SERVICE: FieldRef = { kind: 'column', name: 'service' };

/**
 * What of the events somebody may see who is limited to services, as a query. An event without a service is none of
 * theirs.
 *
 * @param services at least one
 */
export function serviceFilter(services: readonly string[]): Query {
  const terms = services.map((value): Query => {
    return { kind: 'equals', field: SERVICE, value, ignoreCase: false };
  });
  const [only] = terms;
  return terms.length === 1 && only !== undefined ? only : { kind: 'or', operands: terms };
}

/** Both, flat: what looks at the terms of a query finds those of each. */
export function within(filter: Query, query: Query): Query {
  return { kind: 'and', operands: [filter, ...termsOf(query)] };
}

function termsOf(query: Query): readonly Query[] {
  if (query.kind === 'all') return [];
  return query.kind === 'and' ? query.operands : [query];
}
