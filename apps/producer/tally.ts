/** Counts events. */
export class Tally {
  /** Handed to the server at least once. */
  sent = 0;
  accepted = 0;
  /** Named in an answer as not acceptable. */
  rejected = 0;
  /** Sent once more, counted each time. */
  retried = 0;
  /** Given up. */
  undelivered = 0;
  /** Why, with how many events. */
  readonly reasons = new Map<string, number>();

  note(reason: string, events: number): void {
    // Reasons may hold values of events; a bounded number of them is enough to see what is wrong.
    if (this.reasons.size < 20 || this.reasons.has(reason)) {
      this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + events);
    }
  }

  closingLine(): string {
    const { sent, accepted, rejected, retried } = this;
    return `sent ${sent} accepted ${accepted} rejected ${rejected} retried ${retried}`;
  }
}
