import { exceedsBytes, LIMITS } from '#event';

import { accepted, refused, type Reading } from './parameter.ts';

/** The schema of a list of services of which null means all. */
export function serviceNamesSchema(most: number) {
  return {
    type: 'array',
    nullable: true,
    minItems: 1,
    maxItems: most,
    items: { type: 'string', minLength: 1 },
  } as const;
}

/** Names of services, each once and in order; null is all. */
export function readServiceNames(value: unknown, most: number): Reading<readonly string[] | null> {
  if (value === null) return accepted(null);
  const isList = Array.isArray(value) && value.length > 0 && value.length <= most;
  return isList && value.every(isServiceName)
    ? accepted([...new Set(value)].sort())
    : refused(`it must be null for all services, or a list of 1 to ${most} names of services.`);
}

/** What no stored event has as its service, as intake cleans it, would be of no use. */
function isServiceName(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value !== '' &&
    !value.includes('\0') &&
    value.isWellFormed() &&
    !exceedsBytes(value, LIMITS.textFieldBytes)
  );
}
