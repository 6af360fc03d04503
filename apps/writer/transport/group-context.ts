import { BaseRpcContext } from '@nestjs/microservices';
import type { BatchFlow } from '#delivery';
import type { BatchDisposition } from '#queue';

interface GroupFacts {
  /** Deliveries of each batch so far, in order; 1 for the first. */
  readonly attempts: readonly number[];
  readonly flow: BatchFlow;
}

/** What the handler of a group knows and says beside the batches themselves. */
export class GroupContext extends BaseRpcContext<[GroupFacts]> {
  private settled: readonly BatchDisposition[] | null = null;

  get attempts(): readonly number[] {
    return this.args[0].attempts;
  }

  /** Its signal aborts when the group is not wanted any more; it pauses and resumes the consumption. */
  get flow(): BatchFlow {
    return this.args[0].flow;
  }

  /** Says what became of each batch, in order: after the commit, never before. */
  settle(dispositions: readonly BatchDisposition[]): void {
    this.settled = dispositions;
  }

  /** Null while the handler has not said it. */
  get dispositions(): readonly BatchDisposition[] | null {
    return this.settled;
  }
}
