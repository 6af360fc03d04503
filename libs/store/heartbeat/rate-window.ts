import type { Rate } from './figures.ts';

const SHORT_MS = 10_000;
const LONG_MS = 60_000;

interface Sample {
  readonly at: number;
  readonly total: number;
}

/** Rates of a total that only grows, from samples of the last minute. */
export class RateWindow {
  private samples: Sample[] = [];

  /** @param at ms of a clock that never goes back */
  add(at: number, total: number): Rate {
    const newest = { at, total };
    this.samples.push(newest);
    // The newest of those that are old enough is the one to compare with.
    while (this.samples.length > 1 && (this.samples[1]?.at ?? at) <= at - LONG_MS) {
      this.samples.shift();
    }
    return { last10s: this.since(newest, SHORT_MS), last1m: this.since(newest, LONG_MS) };
  }

  private since(newest: Sample, windowMs: number): number {
    const base =
      this.samples.findLast((sample) => sample.at <= newest.at - windowMs) ?? this.samples[0];
    if (base === undefined || base.at === newest.at) return 0;
    const perSecond = ((newest.total - base.total) * 1_000) / (newest.at - base.at);
    return Math.round(perSecond * 10) / 10;
  }
}
