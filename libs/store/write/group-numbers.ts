import type { Pool } from 'pg';
import { MICROS_PER_SECOND, type Clock, type Micros } from '#event';
import type { Step } from './script.ts';

const NEXT_GROUP = `SELECT nextval('group_seq')`;

/** The statement whose row is the number for a later group. */
export const NEXT_GROUP_STEP: Step = { sql: NEXT_GROUP };

/** A number given long before its group would spread neighbouring rows over distant numbers, which BRIN dislikes. */
const FRESH: Micros = MICROS_PER_SECOND;

/**
 * Numbers for groups, ascending in the order in which they are asked for: the events of a request that takes several
 * groups keep their order, although the groups are written side by side. Each transaction brings a number for a group
 * after it, so that rows can be written out before a connection is asked for anything. A number that is not used is a
 * gap, which means nothing.
 */
export class GroupNumbers {
  private readonly prefetched: { readonly number: number; readonly at: Micros }[] = [];
  private readonly pool: Pool;
  private readonly clock: Clock;
  private latest = 0;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(pool: Pool, clock: Clock) {
    this.pool = pool;
    this.clock = clock;
  }

  put(number: number): void {
    this.prefetched.push({ number, at: this.clock() });
  }

  take(): Promise<number> {
    const taken = this.turn.then(() => this.next());
    // The next in turn goes on whatever became of this one, whose caller gets the error.
    this.turn = taken.catch(() => undefined);
    return taken;
  }

  private async next(): Promise<number> {
    this.latest = this.nextPrefetched() ?? (await this.nextFromSequence());
    return this.latest;
  }

  private nextPrefetched(): number | null {
    const oldest = this.clock() - FRESH;
    for (let next = this.prefetched.shift(); next !== undefined; next = this.prefetched.shift()) {
      if (next.at >= oldest && next.number > this.latest) return next.number;
    }
    return null;
  }

  private async nextFromSequence(): Promise<number> {
    const answer = await this.pool.query<{ nextval: string }>(NEXT_GROUP);
    return Number(answer.rows[0]?.nextval);
  }
}
