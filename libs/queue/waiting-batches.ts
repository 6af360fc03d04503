interface Waiting {
  /** What a bound on memory counts. */
  readonly bytes: number;
  /** The place in the order of arrival; redelivery keeps it. */
  readonly sequence: number;
}

/** Batches in the order in which they came, of which the first are taken. */
export class WaitingBatches<Entry extends Waiting> {
  /** Oldest at `head`. */
  private entries: Entry[] = [];
  private head = 0;
  private heldBytes = 0;

  /** Of all that wait. */
  get bytes(): number {
    return this.heldBytes;
  }

  get length(): number {
    return this.entries.length - this.head;
  }

  push(entry: Entry): void {
    this.entries.push(entry);
    this.heldBytes += entry.bytes;
  }

  /** Removes the oldest within the bounds; the first one whatever its size. */
  take(maxBatches: number, maxBytes: number): Entry[] {
    let end = this.head;
    let bytes = 0;
    while (end < this.entries.length && end - this.head < maxBatches) {
      const size = this.entries[end]?.bytes ?? 0;
      if (end > this.head && bytes + size > maxBytes) break;
      bytes += size;
      end++;
    }
    const taken = this.entries.slice(this.head, end);
    this.head = end;
    this.heldBytes -= bytes;
    this.compact();
    return taken;
  }

  /** Puts back what was taken, before everything newer. */
  putBack(taken: readonly Entry[]): void {
    this.entries = [...taken, ...this.entries.slice(this.head)].sort(
      (a, b) => a.sequence - b.sequence,
    );
    this.head = 0;
    for (const { bytes } of taken) this.heldBytes += bytes;
  }

  clear(): void {
    this.entries = [];
    this.head = 0;
    this.heldBytes = 0;
  }

  /** Drops the taken part of the array once it is most of it, so that taking stays cheap. */
  private compact(): void {
    if (this.head === this.entries.length) this.clear();
    else if (this.head > 1_024 && this.head * 2 > this.entries.length) {
      this.entries = this.entries.slice(this.head);
      this.head = 0;
    }
  }
}
