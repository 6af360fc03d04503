import type { Load } from '../scaling/load.ts';
import type { QueueReading } from './queue-reading.ts';

/** Bytes of an event in a batch, where nothing better is known. */
const EVENT_BYTES = 256;
/** Events of a batch that was never seen in the queue. */
const FIRST_EVENTS_PER_BATCH = 100;
/** Readings that are further apart tell no rate. */
const MAX_GAP_MS = 60_000;

/** Makes loads of readings that follow each other. */
export class LoadMeter {
  private before: QueueReading | null = null;
  private eventsPerBatch = FIRST_EVENTS_PER_BATCH;

  /** Null for the first reading, and after a gap: a rate needs two. */
  measure(reading: QueueReading, readyWriters: number): Load | null {
    const { before } = this;
    this.before = reading;
    const waiting = reading.ready + reading.unacked;
    if (waiting > 0 && reading.bytes > 0)
      this.eventsPerBatch = Math.max(1, reading.bytes / waiting / EVENT_BYTES);
    if (before === null) return null;
    const seconds = (reading.at - before.at) / 1_000;
    if (seconds <= 0 || seconds * 1_000 > MAX_GAP_MS) return null;
    const acknowledged = increase(before, reading);
    // What came in is what went out, and what is more there than before.
    const published = acknowledged + waiting - (before.ready + before.unacked);
    return {
      publishRate: (Math.max(0, published) / seconds) * this.eventsPerBatch,
      ackRate: (acknowledged / seconds) * this.eventsPerBatch,
      backlog: waiting * this.eventsPerBatch,
      readyWriters,
    };
  }
}

/** Sum of the increases; a counter that fell began anew from 0, and one that is gone counts not at all. */
function increase(before: QueueReading, after: QueueReading): number {
  let sum = 0;
  for (const [counter, value] of after.acknowledged) {
    const unknown = after.unknownCounters === 'from-zero' ? 0 : value;
    const known = before.acknowledged.get(counter) ?? unknown;
    sum += value >= known ? value - known : value;
  }
  return sum;
}
