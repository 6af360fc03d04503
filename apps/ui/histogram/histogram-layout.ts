import { LEVELS, type Level } from '../api/log-hit.ts';

export interface LevelCounts {
  /** Epoch ms. */
  readonly start: number;
  readonly counts: Readonly<Partial<Record<Level, number>>>;
}

/** Epoch ms; `to` exclusive. */
export interface Domain {
  readonly from: number;
  readonly to: number;
}

export interface Bar {
  readonly x: number;
  readonly width: number;
  readonly start: number;
  readonly end: number;
  readonly total: number;
  readonly counts: Readonly<Partial<Record<Level, number>>>;
}

export interface HistogramLayout {
  readonly bars: readonly Bar[];
  /** One SVG path of rectangles per level, mildest first; bars are stacked with the worst on the axis. */
  readonly paths: readonly { readonly level: Level; readonly d: string }[];
  /** A mark over each bar where the earlier count would reach, as an SVG path. */
  readonly earlierPath: string;
  readonly max: number;
}

/** A count of an earlier range, at the time of the present one in epoch ms. */
export interface EarlierCount {
  readonly start: number;
  readonly total: number;
}

const MIN_BAR_PX = 2;

export function totalOf(counts: Readonly<Partial<Record<Level, number>>>): number {
  return LEVELS.reduce((sum, level) => sum + (counts[level] ?? 0), 0);
}

/** What the axis spans: the range where it is closed, the buckets where it is open. */
export function domainOf(
  buckets: readonly LevelCounts[],
  widthMs: number,
  from: number | null,
  to: number | null,
): Domain {
  const first = buckets[0]?.start ?? Date.UTC(2000, 0, 1);
  const last = (buckets.at(-1)?.start ?? first) + widthMs;
  const start = from ?? first;
  const end = to ?? last;
  return { from: start, to: Math.max(end, start + widthMs) };
}

/**
 * Rectangles of the stacked histogram. A bucket that holds something is never thinner or lower than 2 px,
 * however small its share: one error in a million events must be seen.
 */
export function layOut(
  buckets: readonly LevelCounts[],
  widthMs: number,
  domain: Domain,
  width: number,
  height: number,
  earlier: readonly EarlierCount[] = [],
): HistogramLayout {
  const scale = width / (domain.to - domain.from);
  const totals = [...buckets.map(({ counts }) => totalOf(counts)), ...earlier.map((e) => e.total)];
  const max = totals.reduce((most, total) => Math.max(most, total), 0);
  const d = new Map<Level, string[]>(LEVELS.map((level) => [level, []]));
  const bars = buckets.map((bucket) => {
    const bar = placeBar(bucket, widthMs, domain, scale, width);
    const barHeight = Math.max(MIN_BAR_PX, (bar.total / max) * height);
    stack(bar, barHeight, height, d);
    return bar;
  });
  const paths = LEVELS.map((level) => ({ level, d: (d.get(level) ?? []).join('') }));
  const marks = earlier
    .map(({ start, total }) => ({
      ...placeBar({ start, counts: {} }, widthMs, domain, scale, width),
      total,
    }))
    .map(({ x, width: w, total }) => {
      const y = height - Math.max(MIN_BAR_PX, (total / max) * height);
      return `M${x.toFixed(2)} ${y.toFixed(2)}h${w.toFixed(2)}`;
    });
  return { bars, paths, earlierPath: marks.join(''), max };
}

function placeBar(
  bucket: LevelCounts,
  widthMs: number,
  domain: Domain,
  scale: number,
  width: number,
): Bar {
  const end = bucket.start + widthMs;
  const left = Math.max(0, (bucket.start - domain.from) * scale);
  const right = Math.min(width, (end - domain.from) * scale);
  const gap = right - left > 4 ? 1 : 0;
  const barWidth = Math.max(MIN_BAR_PX, right - left - gap);
  const x = Math.min(left, width - barWidth);
  return {
    x,
    width: barWidth,
    start: bucket.start,
    end,
    total: totalOf(bucket.counts),
    counts: bucket.counts,
  };
}

function stack(bar: Bar, barHeight: number, height: number, d: Map<Level, string[]>): void {
  let y = height;
  for (const level of LEVELS.toReversed()) {
    const count = bar.counts[level] ?? 0;
    if (count === 0) continue;
    const part = (count / bar.total) * barHeight;
    y -= part;
    const [x, w] = [bar.x.toFixed(2), bar.width.toFixed(2)];
    d.get(level)?.push(`M${x} ${y.toFixed(2)}h${w}v${part.toFixed(2)}h-${w}z`);
  }
}
