/**
 * The batches that hold the events of one request. They are refused together or not at all: once one of them is with
 * the queue, a refusal of another cannot mean any more that nothing of the request was stored.
 */
export class Consignment {
  private readonly batches = new Set<string>();
  private readonly refused = new Set<string>();
  private readonly ending = new AbortController();

  /** Aborts once the queue has refused all of them. */
  get allRefused(): AbortSignal {
    return this.ending.signal;
  }

  /** To be called for each before the outcome of any. */
  add(batchId: string): void {
    this.batches.add(batchId);
  }

  /** The batch is, or may soon be, with the queue. */
  offer(batchId: string): void {
    this.refused.delete(batchId);
  }

  refuse(batchId: string): void {
    this.refused.add(batchId);
    if (this.refused.size >= this.batches.size) this.ending.abort();
  }
}
