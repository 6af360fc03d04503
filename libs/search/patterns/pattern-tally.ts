import { eventId, type Level, type Micros, type StoredEvent } from '#event';
import { messageTemplate } from '#query';
import type { Pattern } from '../search-service.ts';
import { TimeSlots, type SlotCounts } from './time-slots.ts';

/** Different templates that are kept; events of further ones are only counted. */
const MOST_TEMPLATES = 10_000;

interface Entry {
  readonly example: { readonly id: string; readonly message: string };
  readonly slots: SlotCounts;
  readonly levels: Partial<Record<Level, number>>;
  count: number;
  firstSeen: Micros;
  lastSeen: Micros;
}

const EXAMPLE_LENGTH = 500;

/** Counts events by the template of their message, within a bound of memory. */
export class PatternTally {
  private readonly entries = new Map<string, Entry>();
  private readonly slots = new TimeSlots();
  private counted = 0;
  private left = 0;

  get events(): number {
    return this.counted;
  }

  get templates(): number {
    return this.entries.size;
  }

  /** Events of templates that were too many. */
  get others(): number {
    return this.left;
  }

  get slotWidth(): Micros {
    return this.slots.widthMicros;
  }

  get start(): Micros | null {
    return this.slots.start;
  }

  /** The newest event of a template is its example: add the newest first. */
  add(event: StoredEvent): void {
    this.counted += 1;
    this.slots.cover(event.timestamp);
    const entry = this.entryOf(event);
    if (entry === null) {
      this.left += 1;
      return;
    }
    entry.count += 1;
    entry.firstSeen = Math.min(entry.firstSeen, event.timestamp);
    entry.lastSeen = Math.max(entry.lastSeen, event.timestamp);
    entry.levels[event.level] = (entry.levels[event.level] ?? 0) + 1;
    this.slots.count(entry.slots, event.timestamp);
  }

  /** The most frequent first, equal ones by template. */
  most(limit: number): readonly Pattern[] {
    return [...this.entries]
      .sort(([a, { count: x }], [b, { count: y }]) => y - x || (a < b ? -1 : 1))
      .slice(0, limit)
      .map(([template, { slots, ...entry }]) => ({
        template,
        ...entry,
        counts: this.slots.read(slots),
      }));
  }

  private entryOf(event: StoredEvent): Entry | null {
    const template = messageTemplate(event.message);
    const known = this.entries.get(template);
    if (known !== undefined) return known;
    if (this.entries.size >= MOST_TEMPLATES) return null;
    const entry: Entry = {
      example: { id: eventId(event), message: event.message.slice(0, EXAMPLE_LENGTH) },
      slots: this.slots.newSeries(),
      levels: {},
      count: 0,
      firstSeen: event.timestamp,
      lastSeen: event.timestamp,
    };
    this.entries.set(template, entry);
    return entry;
  }
}
