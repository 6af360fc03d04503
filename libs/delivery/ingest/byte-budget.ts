/** A part of the budget that one request holds. */
export interface Reservation {
  /** Takes so many more bytes; false (and nothing taken) when the budget has no room. */
  grow(bytes: number): boolean;
  /** Gives everything back; harmless when repeated. */
  release(): void;
}

/** Bounds the bytes that are received and not yet confirmed. */
export class ByteBudget {
  readonly capacity: number;
  private held = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get used(): number {
    return this.held;
  }

  /** Null when there is no room. */
  reserve(bytes: number): Reservation | null {
    if (!this.take(bytes)) return null;
    let own = bytes;
    let released = false;
    return {
      grow: (more) => {
        if (released || !this.take(more)) return false;
        own += more;
        return true;
      },
      release: () => {
        released = true;
        this.held -= own;
        own = 0;
      },
    };
  }

  private take(bytes: number): boolean {
    if (this.held + bytes > this.capacity) return false;
    this.held += bytes;
    return true;
  }
}
