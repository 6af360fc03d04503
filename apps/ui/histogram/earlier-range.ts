import { number } from '../i18n/counted.ts';
import { durationMs } from '../time-range/time-range.ts';

export const COMPARISONS = ['1d', '1w', 'before'] as const;
/** With the same range a day or a week ago, or with the one just before. */
export type ComparedWith = (typeof COMPARISONS)[number];

/** Ms; whole buckets, so that those of both ranges lie over each other. */
export function backBy(compared: ComparedWith, lengthMs: number, widthMs: number): number {
  const back = compared === 'before' ? lengthMs : (durationMs(compared) ?? 0);
  return Math.ceil(back / widthMs) * widthMs;
}

/** How much a count is above or below an earlier one, in words. */
export function changeOf(now: number, earlier: number): string {
  if (earlier === 0)
    return now === 0 ? $localize`as before` : $localize`:that was not there before:new`;
  const change = Math.round(((now - earlier) / earlier) * 100);
  if (change === 0) return $localize`as before`;
  return change > 0 ? `+${number(change)}%` : `−${number(-change)}%`;
}
