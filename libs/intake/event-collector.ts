import {
  cutIntoBatches,
  normaliseEvent,
  type BatchRange,
  type LogEvent,
  type Micros,
} from '#event';

import type { ReadEvents, RejectedEvent } from './intake-result.ts';

/** Gathers the events of one request, in the order in which they were sent. */
export class EventCollector {
  private readonly receivedAt: Micros;
  private readonly events: LogEvent[] = [];
  private readonly sizes: number[] = [];
  private readonly rejected: RejectedEvent[] = [];
  /** Events that only the time of receipt kept out, by how many accepted ones stand before each. */
  private readonly ahead: { readonly before: number; readonly bytes: number }[] = [];
  private total = 0;

  constructor(receivedAt: Micros) {
    this.receivedAt = receivedAt;
  }

  /** Takes one parsed JSON value as the next event. */
  add(value: unknown): void {
    const outcome = normaliseEvent(value, this.receivedAt);
    if (outcome.ok) {
      this.total++;
      this.events.push(outcome.event);
      this.sizes.push(outcome.bytes);
      return;
    }
    if (outcome.bytes !== null) {
      this.ahead.push({ before: this.events.length, bytes: outcome.bytes });
    }
    this.reject(outcome.reason);
  }

  /** Counts the next event as rejected. */
  reject(reason: string): void {
    this.rejected.push({ index: this.total++, reason });
  }

  result(): ReadEvents {
    const { events, sizes, rejected, total } = this;
    return { kind: 'events', events, sizes, rejected, total, parts: this.parts() };
  }

  private parts(): BatchRange[] {
    if (this.ahead.length === 0) return cutIntoBatches(this.sizes);
    const sizes: number[] = [];
    /** How many accepted events stand before each place of `sizes`. */
    const acceptedBefore: number[] = [];
    let accepted = 0;
    const acceptUpTo = (count: number): void => {
      for (; accepted < count; accepted++) {
        acceptedBefore.push(accepted);
        sizes.push(this.sizes[accepted] ?? 0);
      }
    };
    for (const { before, bytes } of this.ahead) {
      acceptUpTo(before);
      acceptedBefore.push(accepted);
      sizes.push(bytes);
    }
    acceptUpTo(this.sizes.length);
    acceptedBefore.push(accepted);
    return cutIntoBatches(sizes).map(({ start, end }) => ({
      start: acceptedBefore[start] ?? accepted,
      end: acceptedBefore[end] ?? accepted,
    }));
  }
}
