import type { PoolClient } from 'pg';
import { MICROS_PER_SECOND, type Clock, type Micros } from '#event';
import { runScript, type Step } from './script.ts';

/** The statement whose row is the number for a later group. */
export const NEXT_GROUP_STEP: Step = { sql: `SELECT nextval('group_seq')` };

/** A number given long before its group would spread neighbouring rows over distant numbers, which BRIN dislikes. */
const FRESH: Micros = MICROS_PER_SECOND;

/**
 * Numbers for groups. Each transaction brings one for the group after it, so that its rows can be written out before
 * a connection is asked for anything. A number that is not used is a gap, which means nothing.
 */
export class GroupNumbers {
  private readonly prefetched: { readonly number: number; readonly at: Micros }[] = [];
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  put(number: number): void {
    this.prefetched.push({ number, at: this.clock() });
  }

  async take(client: PoolClient): Promise<number> {
    const oldest = this.clock() - FRESH;
    for (;;) {
      const next = this.prefetched.shift();
      if (next === undefined) break;
      if (next.at >= oldest) return next.number;
    }
    const rows = await runScript(client, [NEXT_GROUP_STEP]);
    return Number(rows[0]?.[0]);
  }
}
