import { MICROS_PER_HOUR, MICROS_PER_MINUTE, type Clock, type Micros } from '#event';

const FIRST_PAUSE = MICROS_PER_MINUTE;
const LONGEST_PAUSE = MICROS_PER_HOUR;
/** More are forgotten, and tried again. */
const MOST = 10_000;

/** What is done with things that may be set aside. */
export type AsideKind = 'seal' | 'archive' | 'retention' | 'merge';

/** Numbers of segments, and how long they wait. */
interface Entry {
  readonly kind: AsideKind;
  readonly ids: readonly number[];
  readonly pause: Micros;
  readonly until: Micros;
}

/** What failed and is tried again later, so that it does not hold up the others: after a minute, then twice as long … */
export class SetAside {
  private readonly clock: Clock;
  private readonly entries = new Map<string, Entry>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  add(kind: AsideKind, ...ids: readonly number[]): void {
    const before = this.entries.get(keyOf(kind, ids))?.pause ?? FIRST_PAUSE / 2;
    const pause = Math.min(2 * before, LONGEST_PAUSE);
    this.put({ kind, ids, pause, until: this.clock() + pause });
  }

  /** For what would fail again whenever it is tried. */
  addForGood(kind: AsideKind, ...ids: readonly number[]): void {
    this.put({ kind, ids, pause: Infinity, until: Infinity });
  }

  has(kind: AsideKind, ...ids: readonly number[]): boolean {
    return this.clock() < (this.entries.get(keyOf(kind, ids))?.until ?? -Infinity);
  }

  /** What is set aside now. */
  ids(kind: AsideKind): readonly number[] {
    const now = this.clock();
    const waiting = [...this.entries.values()].filter((entry) => now < entry.until);
    return waiting.filter((entry) => entry.kind === kind).flatMap(({ ids }) => ids);
  }

  private put(entry: Entry): void {
    const key = keyOf(entry.kind, entry.ids);
    this.entries.delete(key);
    this.entries.set(key, entry);
    const [oldest] = this.entries.keys();
    if (this.entries.size > MOST && oldest !== undefined) this.entries.delete(oldest);
  }
}

function keyOf(kind: AsideKind, ids: readonly number[]): string {
  return `${kind} ${ids.join(' ')}`;
}
