import { MICROS_PER_SECOND, type Batch, type Clock, type Micros } from '#event';
import { InFlight } from '#queue';

/**
 * What a writer was given and has not written. What it gave back counts as long as it could write nothing since: then
 * the store is away, and nobody else writes it either.
 */
export class Unwritten {
  private readonly clock: Clock;
  private readonly held = new InFlight<readonly Batch[]>();
  private givenBack: Micros | null = null;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Batches in hand. */
  get batches(): number {
    let count = 0;
    for (const group of this.held) count += group.length;
    return count;
  }

  /** Age in s of the oldest one by the time of its receipt; null where there is none. */
  get oldestSeconds(): number | null {
    let oldest = this.givenBack ?? Number.POSITIVE_INFINITY;
    for (const group of this.held) oldest = Math.min(oldest, receiptOf(group));
    if (oldest === Number.POSITIVE_INFINITY) return null;
    // The time of receipt is that of another machine's clock.
    return Math.max(0, Math.round((this.clock() - oldest) / (MICROS_PER_SECOND / 10)) / 10);
  }

  taken(group: readonly Batch[]): void {
    this.held.add(group);
  }

  written(group: readonly Batch[]): void {
    this.held.delete(group);
    this.givenBack = null;
  }

  returned(group: readonly Batch[]): void {
    this.held.delete(group);
    this.givenBack = Math.min(this.givenBack ?? Number.POSITIVE_INFINITY, receiptOf(group));
  }
}

function receiptOf(group: readonly Batch[]): Micros {
  return group.reduce(
    (oldest, { receivedAt }) => Math.min(oldest, receivedAt),
    Number.POSITIVE_INFINITY,
  );
}
