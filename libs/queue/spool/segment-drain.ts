import type { Batch } from '#event';
import { decodePayload, segmentParts } from './record.ts';
import type { Segment } from './segment.ts';

/** What became of a batch on its way from the spool to the broker. */
export type DrainOutcome =
  | { readonly kind: 'settled' }
  /** It can never be delivered. */
  | { readonly kind: 'undeliverable'; readonly reason: string }
  | { readonly kind: 'failed' };

/** What draining a segment asks for. */
export interface SegmentSource {
  read(segment: Segment): Promise<Buffer>;
  /** Takes one batch to the broker; it never rejects. */
  send(batch: Batch): Promise<DrainOutcome>;
  /** Says that the broker has confirmed one more batch of the segment. */
  drained(segment: Segment): void;
}

/** One segment on its way to the broker, over as many attempts as it takes. */
export class SegmentDrain {
  readonly segment: Segment;
  private readonly source: SegmentSource;
  private readonly inFlight: number;
  /** Where the records begin that need not be sent again. */
  private readonly settled = new Set<number>();
  private readonly faults = new Set<string>();
  private isSure = false;

  /** @param inFlight most batches on their way at once */
  constructor(segment: Segment, source: SegmentSource, inFlight: number) {
    this.segment = segment;
    this.source = source;
    this.inFlight = inFlight;
  }

  /** What was wrong with the segment, in words; null when all of it was drained. */
  get damage(): string | null {
    return this.faults.size === 0 ? null : [...this.faults].join('; ');
  }

  /**
   * Sends what is not settled yet, in order, until something fails; the first batch goes alone. True when nothing is
   * left. Rejects where the segment cannot be read.
   */
  async attempt(): Promise<boolean> {
    const content = await this.source.read(this.segment);
    const flying = new Set<Promise<void>>();
    const failed = new Set<Batch>();
    this.isSure = false;
    for (const part of segmentParts(content)) {
      if (part.kind === 'damaged') {
        this.faults.add(`bytes ${part.start} to ${part.end} are no record`);
        continue;
      }
      const batch = this.settled.has(part.start) ? null : this.decode(part.payload, part.start);
      if (batch === null) continue;
      const flight = this.send(batch, part.start).then((done) => {
        if (!done) failed.add(batch);
        flying.delete(flight);
      });
      flying.add(flight);
      if (flying.size >= this.window()) await Promise.race(flying);
      if (failed.size > 0) break;
    }
    await Promise.all(flying);
    return failed.size === 0;
  }

  private window(): number {
    return this.isSure ? this.inFlight : 1;
  }

  private decode(payload: Buffer, start: number): Batch | null {
    try {
      return decodePayload(payload);
    } catch (error) {
      this.faults.add(`the record at ${start} cannot be decoded: ${String(error)}`);
      this.settled.add(start);
      return null;
    }
  }

  private async send(batch: Batch, start: number): Promise<boolean> {
    const outcome = await this.source.send(batch);
    if (outcome.kind === 'failed') return false;
    this.isSure = true;
    this.settled.add(start);
    this.source.drained(this.segment);
    if (outcome.kind === 'undeliverable') this.faults.add(`batch ${batch.id}: ${outcome.reason}`);
    return true;
  }
}
