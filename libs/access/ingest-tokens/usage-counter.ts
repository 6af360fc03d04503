import { MICROS_PER_DAY, type Clock } from '#event';
import type { TokenUsage } from './ingest-token.ts';

/** What one token sent on one day and is not written yet. */
export interface UnwrittenUsage extends TokenUsage {
  readonly id: string;
  /** UTC, as `2026-03-10`. */
  readonly day: string;
}

/** Usage that could not be written for so many days is given up. */
const MOST_DAYS = 7;

interface Entry {
  events: number;
  bytes: number;
}

/** What each token sent: today over all processes as far as it is known, and what the others do not know yet. */
export class UsageCounter {
  private readonly clock: Clock;
  /** By day, then by id. */
  private readonly unwritten = new Map<string, Map<string, Entry>>();
  /** As the table had it last, by id, of `day` alone. */
  private written = new Map<string, TokenUsage>();
  private day: string;
  private named = { days: Number.NaN, name: '' };

  constructor(clock: Clock) {
    this.clock = clock;
    this.day = this.today();
  }

  /** The UTC day, as `2026-03-10`. */
  today(): string {
    const days = Math.floor(this.clock() / MICROS_PER_DAY);
    // Asked with each request; written out once a day.
    if (days !== this.named.days) {
      this.named = { days, name: new Date(days * 86_400_000).toISOString().slice(0, 10) };
    }
    return this.named.name;
  }

  add(id: string, events: number, bytes: number): void {
    const day = this.today();
    const entries = this.unwritten.get(day) ?? new Map<string, Entry>();
    this.unwritten.set(day, entries);
    const entry = entries.get(id) ?? { events: 0, bytes: 0 };
    entries.set(id, entry);
    entry.events += events;
    entry.bytes += bytes;
  }

  /** Bytes that a token sent today, by all processes as of the last reading, and by this one until now. */
  bytesToday(id: string): number {
    const day = this.today();
    const own = this.unwritten.get(day)?.get(id)?.bytes ?? 0;
    return day === this.day ? own + (this.written.get(id)?.bytes ?? 0) : own;
  }

  /** What is to be written, sorted by day and id so that writers of the same rows wait for each other. */
  pending(): UnwrittenUsage[] {
    this.forgetOldDays();
    return [...this.unwritten]
      .flatMap(([day, entries]) => [...entries].map(([id, entry]) => ({ id, day, ...entry })))
      .sort((a, b) => (`${a.day} ${a.id}` < `${b.day} ${b.id}` ? -1 : 1));
  }

  /** Takes off what was written, and nothing that came meanwhile. */
  wrote(rows: readonly UnwrittenUsage[]): void {
    for (const { id, day, events, bytes } of rows) {
      const entries = this.unwritten.get(day);
      const entry = entries?.get(id);
      if (entries === undefined || entry === undefined) continue;
      entry.events -= events;
      entry.bytes -= bytes;
      if (entry.events <= 0 && entry.bytes <= 0) entries.delete(id);
      if (entries.size === 0) this.unwritten.delete(day);
      if (day === this.day) this.addWritten(id, events, bytes);
    }
  }

  /**
   * What the table has of a day.
   *
   * @returns events of each token that other processes wrote since the last reading; null where that was of another day
   */
  read(day: string, usage: ReadonlyMap<string, TokenUsage>): ReadonlyMap<string, number> | null {
    const before = this.written;
    const isNext = day === this.day;
    this.written = new Map(usage);
    this.day = day;
    if (!isNext) return null;
    return new Map(
      [...usage].map(([id, { events }]) => [
        id,
        Math.max(0, events - (before.get(id)?.events ?? 0)),
      ]),
    );
  }

  private addWritten(id: string, events: number, bytes: number): void {
    const known = this.written.get(id) ?? { events: 0, bytes: 0 };
    this.written.set(id, { events: known.events + events, bytes: known.bytes + bytes });
  }

  private forgetOldDays(): void {
    const days = [...this.unwritten.keys()].sort();
    for (const day of days.slice(0, Math.max(0, days.length - MOST_DAYS)))
      this.unwritten.delete(day);
  }
}
