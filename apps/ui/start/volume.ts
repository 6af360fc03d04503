import { LEVELS, type Level } from '../api/log-hit.ts';
import type { SearchApi, Selection } from '../api/search-api.ts';
import { addFilter } from '../../../libs/query/page.ts';

/** Events of one service, by level. */
export interface ServiceVolume {
  readonly service: string;
  readonly total: number;
  /** Mildest first; only levels that occur. */
  readonly levels: readonly { readonly level: Level; readonly count: number }[];
}

export interface Volume {
  readonly total: number;
  /** Most events first. */
  readonly services: readonly ServiceVolume[];
  readonly partial: boolean;
}

const SERVICES = 12;

/** How many events the services with the most of them sent, by level. */
export async function readVolume(
  api: SearchApi,
  selection: Selection,
  signal: AbortSignal,
): Promise<Volume> {
  const [all, found] = await Promise.all([
    api.count(selection, signal),
    api.facets(selection, 'service', SERVICES, signal),
  ]);
  const services = await Promise.all(
    found.values.map(async ({ value, count }): Promise<ServiceVolume> => {
      const q = addFilter(selection.q, 'service', value, false);
      const { values } = await api.facets({ ...selection, q }, 'level', LEVELS.length, signal);
      const counts = new Map(values.map((each) => [each.value, each.count]));
      const levels = LEVELS.map((level) => ({ level, count: counts.get(level) ?? 0 }));
      return { service: value, total: count, levels: levels.filter(({ count: n }) => n > 0) };
    }),
  );
  return { total: all.count, services, partial: all.partial || found.partial };
}
