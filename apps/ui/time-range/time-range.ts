import { counted } from '../i18n/counted.ts';

/**
 * The range of a search as it stands in the URL: RFC 3339 or relative (`-15m`, `now`); null is open.
 * Relative bounds stay relative, so that a shared link means "the last 15 minutes" to whoever opens it.
 */
export interface TimeRange {
  readonly from: string | null;
  readonly to: string | null;
}

export const ALL_TIME: TimeRange = { from: null, to: null };

export interface QuickRange {
  readonly label: string;
  readonly range: TimeRange;
}

export const QUICK_RANGES: readonly QuickRange[] = [
  { label: $localize`Last 15 minutes`, range: { from: '-15m', to: null } },
  { label: $localize`Last hour`, range: { from: '-1h', to: null } },
  { label: $localize`Last 6 hours`, range: { from: '-6h', to: null } },
  { label: $localize`Last 24 hours`, range: { from: '-24h', to: null } },
  { label: $localize`Last 7 days`, range: { from: '-7d', to: null } },
  { label: $localize`Last 30 days`, range: { from: '-30d', to: null } },
  { label: $localize`All time`, range: ALL_TIME },
];

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

const RELATIVE = /^(?:now)?-(\d{1,6})([smhdw])$/;
const LAST: Readonly<Record<string, string>> = {
  s: $localize`:range of time:one {Last second} other {Last # seconds}`,
  m: $localize`:range of time:one {Last minute} other {Last # minutes}`,
  h: $localize`:range of time:one {Last hour} other {Last # hours}`,
  d: $localize`:range of time:one {Last day} other {Last # days}`,
  w: $localize`:range of time:one {Last week} other {Last # weeks}`,
};

/** A number with s, m, h, d or w as ms; null when it is something else. */
export function durationMs(text: string): number | null {
  const match = /^(\d+)([smhdw])$/.exec(text);
  return match === null ? null : Number(match[1]) * (UNIT_MS[match[2] ?? ''] ?? 0);
}

/** Epoch ms of a bound; null when it is open, NaN when it is no time, as in a link that was mistyped. */
export function resolveBound(bound: string | null, now: number): number | null {
  if (bound === null) return null;
  if (bound === 'now') return now;
  const match = RELATIVE.exec(bound);
  if (match !== null) return now - Number(match[1]) * (UNIT_MS[match[2] ?? ''] ?? 0);
  return Date.parse(bound);
}

/** A bound for people: relative ones, and what is no time, as they are written. */
export function boundText(bound: string, format: (epochMs: number) => string): string {
  const time = isRelative(bound) ? Number.NaN : Date.parse(bound);
  return Number.isNaN(time) ? bound : format(time);
}

export function isRelative(bound: string | null): boolean {
  return bound !== null && (bound === 'now' || RELATIVE.test(bound));
}

export function sameRange(a: TimeRange, b: TimeRange): boolean {
  return a.from === b.from && a.to === b.to;
}

/** The words on the time button; absolute bounds go through `format`. */
export function rangeLabel(range: TimeRange, format: (epochMs: number) => string): string {
  const quick = QUICK_RANGES.find((candidate) => sameRange(candidate.range, range));
  if (quick !== undefined) return quick.label;
  if (isRelative(range.from) && (range.to === null || range.to === 'now')) {
    return relativeLabel(range.from ?? '');
  }
  const end = (bound: string | null, open: string): string =>
    bound === null ? open : boundText(bound, format);
  return `${end(range.from, $localize`:of the data:start`)} – ${end(range.to, $localize`now`)}`;
}

function relativeLabel(from: string): string {
  const match = RELATIVE.exec(from);
  if (match === null) return $localize`From now`;
  const amount = Number(match[1]);
  return counted(LAST[match[2] ?? ''] ?? '', amount, amount.toString());
}

export type ParsedBound =
  | { readonly ok: true; readonly bound: string | null }
  | { readonly ok: false; readonly reason: string };

/**
 * What was typed into the From or To field: empty (open), `now`, `-90m`, `now-90m`, `15m`, RFC 3339, or a date
 * with an optional time, read in the zone shown.
 */
export function parseBound(text: string, utc: boolean): ParsedBound {
  const trimmed = text.trim();
  if (trimmed === '') return { ok: true, bound: null };
  if (isRelative(trimmed)) return { ok: true, bound: trimmed.replace(/^now(?=-)/, '') };
  if (durationMs(trimmed) !== null) return { ok: true, bound: `-${trimmed}` };
  const iso = trimmed.replace(' ', 'T');
  const hasZone = /T.*(Z|[+-]\d\d:?\d\d)$/i.test(iso);
  const hasTime = iso.includes('T');
  const local = hasTime ? iso : `${iso}T00:00:00`;
  const time = Date.parse(hasZone ? iso : utc ? `${local}Z` : local);
  if (Number.isNaN(time) || !/^\d{4}-\d\d/.test(iso)) {
    return { ok: false, reason: $localize`Write 2023-09-15 08:00, -90m or now.` };
  }
  return { ok: true, bound: new Date(time).toISOString() };
}

/** The range just before, or just after; null where it has no start to go by. A start in the future is none. */
export function shiftRange(range: TimeRange, direction: -1 | 1, now: number): TimeRange | null {
  const { from, to } = stretchOf(range, now);
  if (from === null) return null;
  const step = (to - from) * direction;
  if (from + step >= now || step === 0) return null;
  const end = to + step;
  return {
    from: new Date(from + step).toISOString(),
    to: end >= now ? null : new Date(end).toISOString(),
  };
}

/** A range twice as long around the same middle; all time once it has an open start. */
export function zoomOut(range: TimeRange, now: number): TimeRange {
  const { from, to } = stretchOf(range, now);
  if (from === null) return ALL_TIME;
  const half = Math.max((to - from) / 2, 500);
  const end = to + half;
  return {
    from: new Date(from - half).toISOString(),
    to: end >= now ? null : new Date(end).toISOString(),
  };
}

/** Epoch ms of both ends; an end that is no time is open. */
function stretchOf(range: TimeRange, now: number): { from: number | null; to: number } {
  const [from, to] = [resolveBound(range.from, now), resolveBound(range.to, now)];
  return {
    from: from === null || Number.isNaN(from) ? null : from,
    to: to === null || Number.isNaN(to) ? now : to,
  };
}
