import type { GroupKey } from './grouping.ts';

/** Most different keys that a tally holds. */
const MAX_KEYS = 500_000;

/** Counts by key. Bounded: keys that no longer fit are left out, and it says so. */
export class Tally {
  private readonly counts = new Map<string, { readonly key: GroupKey; count: number }>();
  private overflowed = false;

  get complete(): boolean {
    return !this.overflowed;
  }

  add(key: GroupKey, count: number): void {
    const name = key.length === 1 ? (key[0] ?? '\0') : JSON.stringify(key);
    const known = this.counts.get(name);
    if (known !== undefined) known.count += count;
    else if (this.counts.size < MAX_KEYS) this.counts.set(name, { key, count });
    else this.overflowed = true;
  }

  /** Keys that count something. */
  entries(): readonly { readonly key: GroupKey; readonly count: number }[] {
    return [...this.counts.values()].filter(({ count }) => count > 0);
  }

  get total(): number {
    return this.entries().reduce((sum, { count }) => sum + count, 0);
  }
}
