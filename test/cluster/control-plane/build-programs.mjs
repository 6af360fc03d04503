import { buildGoPrograms } from '../../support/go-programs.mjs';
import { missingPrograms } from './programs.mjs';

/**
 * Builds the programs of the control plane that are nowhere, from Go modules, into the cache folder. About 15 minutes
 * on two cores the first time, nothing afterwards. `say` gets lines of progress.
 * @returns null, or why they could not be built
 */
export function buildPrograms(say) {
  return buildGoPrograms({ missing: missingPrograms, say });
}
