import type { ProcessSettings } from '#config';
import { MICROS_PER_MS } from '#event';
import { checkMatch } from '#index';
import { StartupError, type OpenedIndex } from '#process';
import type { FedIndex } from './keeper.module.ts';

/**
 * What the settings want in the index, or null where there is none.
 *
 * @throws StartupError for an INDEX_MATCH that cannot choose events
 */
export function fedIndex(
  settings: Pick<ProcessSettings<'keeper'>, 'indexMatch' | 'indexKeep' | 'indexMaxLag'>,
  opened: OpenedIndex | null,
): FedIndex | null {
  const match = settings.indexMatch ?? '';
  const refusal = checkMatch(match);
  if (refusal !== null) throw new StartupError(`INDEX_MATCH: "${match}" ${refusal}.`);
  if (opened === null) return null;
  const keep = settings.indexKeep === null ? null : settings.indexKeep * MICROS_PER_MS;
  const { index: writer, prefix } = opened;
  return { writer, settings: { prefix, match, keep, maxLagMs: settings.indexMaxLag } };
}
