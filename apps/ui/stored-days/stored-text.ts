import type { StoredStretch } from '../api/segments-api.ts';

const DAY_MS = 86_400_000;
const LANGUAGE = $localize.locale ?? 'en';

export const PLACES: Readonly<Record<StoredStretch['where'], string>> = {
  files: $localize`:where events lie:files`,
  rows: $localize`:where events lie:Postgres`,
  both: $localize`:where events lie:files and Postgres`,
};

const day = new Intl.DateTimeFormat(LANGUAGE, {
  timeZone: 'UTC',
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});
const hour = new Intl.DateTimeFormat(LANGUAGE, {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const date = new Intl.DateTimeFormat(LANGUAGE, {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});

/** `Tue, Nov 24, 2026`, or both ends of what is no day. Partitions are days of UTC. */
export function stretchName({ from, to }: Pick<StoredStretch, 'from' | 'to'>): string {
  const [start, end] = [Date.parse(from), Date.parse(to)];
  if (end - start === DAY_MS && start % DAY_MS === 0) return day.format(start);
  return end - start < DAY_MS ? hour.formatRange(start, end) : date.formatRange(start, end - 1);
}

/** How long the two parts of a bar are, in percent of the longest one. */
export function barOf(
  { fileBytes, tableBytes }: Pick<StoredStretch, 'fileBytes' | 'tableBytes'>,
  largest: number,
): { readonly files: number; readonly tables: number } {
  const percent = (bytes: number): number => (largest === 0 ? 0 : (bytes / largest) * 100);
  return { files: percent(fileBytes), tables: percent(tableBytes) };
}
