import type { StoredEvent } from '#event';
import type { Query } from '#query';
import { toPredicate } from '#query';
import type { TailedEvent } from '../search-service.ts';
import type { GroupEvents } from './group-events.ts';
import { encodeTailPosition, WHOLE_GROUP, type TailPosition } from './tail-position.ts';

/** Events that wait for a reader at most; beyond, its tail pauses and goes on from there when they are read. */
const MAX_WAITING = 5_000;

/** One running tail: what it wants, how far it has come, and what waits to be read. */
export class Subscriber {
  readonly query: Query;
  private readonly matches: (event: StoredEvent) => boolean;
  private position: TailPosition;
  private waiting: TailedEvent[] = [];
  private failure: Error | null = null;
  private wake = Promise.withResolvers<undefined>();

  constructor(query: Query, position: TailPosition) {
    this.query = query;
    this.matches = toPredicate(query);
    this.position = position;
  }

  /** Groups up to this commit need not be read for it again; a group that it has in part is still to come. */
  get readUpTo(): number {
    const { commitSeq, ordinal } = this.position;
    return ordinal === WHOLE_GROUP ? commitSeq : commitSeq - 1;
  }

  /** It has room for more. */
  get ready(): boolean {
    return this.waiting.length < MAX_WAITING;
  }

  /** Takes the group's matches after its position; groups come in the order of their commits. */
  deliver({ commitSeq, events }: GroupEvents): void {
    const { position } = this;
    if (commitSeq < position.commitSeq) return;
    const after = commitSeq === position.commitSeq ? position.ordinal : -1;
    for (const event of events) {
      if (event.ordinal <= after || !this.matches(event)) continue;
      const at = encodeTailPosition({ commitSeq, ordinal: event.ordinal });
      this.waiting.push({ position: at, event });
    }
    this.position = { commitSeq, ordinal: WHOLE_GROUP };
    if (this.waiting.length > 0) this.wake.resolve(undefined);
  }

  /** The reader gets this error instead of further events. */
  fail(error: Error): void {
    this.failure = error;
    this.wake.resolve(undefined);
  }

  /** What waits, at least one event. */
  async take(): Promise<readonly TailedEvent[]> {
    await this.wake.promise;
    if (this.failure !== null) throw this.failure;
    const taken = this.waiting;
    this.waiting = [];
    this.wake = Promise.withResolvers<undefined>();
    return taken;
  }
}
