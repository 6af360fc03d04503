import type { Batch } from '#event';
import type { BatchPublisher, PublishOutcome } from '../../log-queue.ts';

const AWAY: PublishOutcome = { kind: 'overloaded', retryAfterMs: 10, reason: 'not connected' };

/** The publisher of a broker that can be switched off, and remembers what it has confirmed. */
export class Broker implements BatchPublisher {
  readonly taken: Batch[] = [];
  /** Batches that were offered to it, whatever it said. */
  offered = 0;
  mostAtOnce = 0;
  private atOnce = 0;
  private answer: (batch: Batch, signal: AbortSignal) => PublishOutcome | Promise<PublishOutcome>;

  constructor(isThere = true) {
    this.answer = isThere ? () => ({ kind: 'durable' }) : () => AWAY;
  }

  goAway(): void {
    this.answer = () => AWAY;
  }

  comeBack(): void {
    this.answer = () => ({ kind: 'durable' });
  }

  answers(answer: Broker['answer']): void {
    this.answer = answer;
  }

  /** Takes what it is sent and confirms nothing until the sender gives up. */
  hang(): void {
    this.answer = (_batch, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          resolve({ kind: 'unknown', reason: 'no confirm' });
        });
      });
  }

  async publish(batch: Batch, signal: AbortSignal): Promise<PublishOutcome> {
    this.offered++;
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce);
    // As over a network, the answer comes in a later turn.
    await new Promise((resolve) => setImmediate(resolve));
    const outcome = await this.answer(batch, signal);
    this.atOnce--;
    if (outcome.kind === 'durable') this.taken.push(batch);
    return outcome;
  }
}
