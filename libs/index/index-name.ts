import { MICROS_PER_DAY, type Micros } from '#event';

/**
 * The index of a partition: `<prefix>-YYYY-MM-DD` for a UTC day and whatever lies within one, `<prefix>-YYYY-MM` for a
 * month and pieces of it that are longer than a day.
 */
export function indexName(
  prefix: string,
  { start, end }: { readonly start: Micros; readonly end: Micros },
): string {
  const date = new Date(start / 1_000).toISOString();
  const withinDay = Math.floor(start / MICROS_PER_DAY) === Math.floor((end - 1) / MICROS_PER_DAY);
  return `${prefix}-${date.slice(0, withinDay ? 10 : 7)}`;
}

/** Whether `indexName` could have made the name with this prefix. */
export function isIndexName(prefix: string, name: string): boolean {
  return (
    name.startsWith(`${prefix}-`) && /^\d{4}-\d{2}(-\d{2})?$/.test(name.slice(prefix.length + 1))
  );
}
