import type { RequiredKeys } from '#query';
import { INDEXED_LEVELS } from '#store';

export { requiredKeys, type RequiredKeys } from '#query';

/**
 * Whether reading only the minutes that hold the keys is worth the look into the rollups. Not where the index on
 * errors gives about what is asked for, in order; fatal events alone may be few among many errors.
 */
export function minutesHelp({ levels, services }: RequiredKeys): boolean {
  if (levels === null) return services !== null;
  return !levels.has('error') || ![...levels].every((level) => INDEXED_LEVELS.has(level));
}
