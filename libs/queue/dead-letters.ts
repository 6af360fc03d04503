import type { Batch } from '#event';

/**
 * - `delivery-limit`: it was delivered too often without an answer, as to writers that crashed.
 * - `unknown-schema`: a batch of another version, which this one, or the writer that had it, cannot read.
 * - `undecodable`: it is no batch.
 * - `dead-lettered`: somebody else's rule moved it.
 */
export type DeadLetterReason =
  'delivery-limit' | 'unknown-schema' | 'undecodable' | 'dead-lettered';

/** What no consumer could settle. */
export interface DeadLetter {
  readonly reason: DeadLetterReason;
  /** In words, for people. */
  readonly detail: string;
  /** Null where it cannot be read. */
  readonly batch: Batch | null;
  /** As the message claims, where it cannot be read. */
  readonly batchId: string | null;
  readonly events: number;
  /** The body as it was sent; where its schema is not known here the whole message, as `keepMessage` makes it. */
  readonly raw: Buffer;
}

/** Where a queue puts aside what no consumer could settle. Excluded: what becomes of it. */
export interface DeadLetterSource {
  /**
   * Hands over the dead letters one after the other, oldest first, and forgets each once `keep` has resolved. Resolves
   * with their number when there are no more.
   *
   * @throws whatever `keep` throws, and when the queue is away; what was not kept stays.
   */
  takeDeadLetters(keep: (letter: DeadLetter) => Promise<void>): Promise<number>;
}
