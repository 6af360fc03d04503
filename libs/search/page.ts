import type { EventPosition, StoredEvent } from '#event';
import { encodeCursor, type CursorScope } from './cursor.ts';
import { inOrder } from './position.ts';
import type { Found } from './scan.ts';
import type { SearchRequest } from './search-service.ts';

/**
 * One page of an answer while it fills. It takes one event more than the limit, to know whether there is a next page.
 */
export class Page {
  private readonly events: StoredEvent[] = [];
  private readonly limit: number;
  private readonly scope: CursorScope;
  private upTo: EventPosition | null;
  private ended = false;

  constructor(request: SearchRequest, after: EventPosition | null) {
    this.limit = request.limit;
    this.scope = request;
    this.upTo = after;
  }

  get full(): boolean {
    return this.events.length > this.limit;
  }

  /** How far everything has been looked at; null before the first step. */
  get position(): EventPosition | null {
    return this.upTo;
  }

  add(found: Found): void {
    for (const event of found.events) {
      if (this.full) return;
      this.events.push(event);
    }
    // A scan that starts within the time of a cursor may report a position before it.
    if (this.upTo === null || inOrder(this.scope.order)(found.upTo, this.upTo) > 0)
      this.upTo = found.upTo;
  }

  /** Nothing comes after what has been added. */
  end(): void {
    this.ended = true;
  }

  /** The answer's part that the page knows: partial where neither the limit nor the end was reached. */
  finish(): { events: StoredEvent[]; nextCursor: string | null; partial: boolean } {
    if (this.full) {
      const events = this.events.slice(0, this.limit);
      const last = events.at(-1);
      return { events, nextCursor: last ? encodeCursor(last, this.scope) : null, partial: false };
    }
    if (this.ended) return { events: this.events, nextCursor: null, partial: false };
    const nextCursor = this.upTo === null ? null : encodeCursor(this.upTo, this.scope);
    return { events: this.events, nextCursor, partial: true };
  }
}
