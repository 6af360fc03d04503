import type { Micros } from '#event';
import { DeadlineSignals } from './deadline-signals.ts';

/** What a ledger remembers of a stored batch. */
export interface RememberedBatch {
  readonly receivedAt: Micros;
  /** SHA-256 of the request's body, hex, or null where none was given. */
  readonly bodyHash: string | null;
}

/** Which batches are stored already. Excluded: writing to it, which belongs to the commit. */
export interface BatchLedger {
  /** The entries of those ids that are stored. Rejects while the store is away. */
  find(ids: readonly string[]): Promise<ReadonlyMap<string, RememberedBatch>>;
}

interface Waiting {
  readonly id: string;
  readonly answer: PromiseWithResolvers<RememberedBatch | null>;
}

/** Most ids asked for at once. */
const MAX_IDS = 1_000;
/** Longest wait for an answer, in ms: a server that hangs must not hold up requests that can do without. */
const WAIT_MS = 5_000;

/** Asks the ledger for the ids of many requests at once: one query runs, the ids that arrive meanwhile form the next. */
export class LedgerLookup {
  private readonly ledger: BatchLedger;
  private readonly deadlines = new DeadlineSignals(WAIT_MS);
  private waiting: Waiting[] = [];
  private running = false;

  constructor(ledger: BatchLedger) {
    this.ledger = ledger;
  }

  /** The entry of a batch, or null when it is not stored. Rejects while the ledger cannot be read. */
  find(id: string): Promise<RememberedBatch | null> {
    const answer = Promise.withResolvers<RememberedBatch | null>();
    this.waiting.push({ id, answer });
    if (!this.running) {
      this.running = true;
      setImmediate(() => void this.run());
    }
    return answer.promise;
  }

  /** Rejects what waits, and what is asked later. */
  end(): void {
    this.deadlines.end();
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      const asked = this.waiting.splice(0, MAX_IDS);
      try {
        const found = await this.ask(asked.map(({ id }) => id));
        for (const { id, answer } of asked) answer.resolve(found.get(id) ?? null);
      } catch (error) {
        for (const { answer } of asked) answer.reject(error);
      }
    }
    this.running = false;
  }

  private async ask(ids: readonly string[]): Promise<ReadonlyMap<string, RememberedBatch>> {
    const signal = this.deadlines.next();
    if (signal.aborted) throw new Error('the server is shutting down');
    const tooLate = Promise.withResolvers<never>();
    const abort = (): void => {
      tooLate.reject(new Error(`no answer within ${WAIT_MS} ms`));
    };
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await Promise.race([this.ledger.find(ids), tooLate.promise]);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }
}
