/** Work that is done for all who wait, one group after the other. */
export class GroupCommit<Item extends { readonly length: number }, Outcome> {
  private readonly commit: (items: readonly Item[]) => Promise<Outcome>;
  private readonly maxGroupBytes: number;
  private waiting: { readonly item: Item; readonly resolve: (outcome: Outcome) => void }[] = [];
  private running: Promise<void> = Promise.resolve();
  private isScheduled = false;

  /** @param commit does one group; it never rejects */
  constructor(maxGroupBytes: number, commit: (items: readonly Item[]) => Promise<Outcome>) {
    this.maxGroupBytes = maxGroupBytes;
    this.commit = commit;
  }

  /** Resolves with the outcome of the group that the item was part of. */
  add(item: Item): Promise<Outcome> {
    return new Promise((resolve) => {
      this.waiting.push({ item, resolve });
      if (this.isScheduled) return;
      this.isScheduled = true;
      void this.alone(() => this.commitWaiting());
    });
  }

  /** Does something while no group is under way. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.running.then(work);
    this.running = done.then(ignore, ignore);
    return done;
  }

  private async commitWaiting(): Promise<void> {
    this.isScheduled = false;
    while (this.waiting.length > 0) {
      const group = this.waiting.splice(0, this.groupLength());
      const outcome = await this.commit(group.map(({ item }) => item));
      for (const { resolve } of group) resolve(outcome);
    }
  }

  /** As many as fit, and at least one. */
  private groupLength(): number {
    let bytes = 0;
    const beyond = this.waiting.findIndex(({ item }, i) => {
      bytes += item.length;
      return i > 0 && bytes > this.maxGroupBytes;
    });
    return beyond < 0 ? this.waiting.length : beyond;
  }
}

function ignore(): void {
  // Whoever began the work is told how it ended.
}
