import type { Batch, LogEvent } from '#event';
import type { BatchDisposition } from '#queue';
import { StoreUnavailableError } from '#store';
import type { BatchLedger, RememberedBatch } from '../ingest/ledger-lookup.ts';
import type { BatchStore } from '../writer/batch-writer.ts';

/** A store in memory with the ledger's meaning, for tests of what stands before the store. */
export class MemoryStore implements BatchStore, BatchLedger {
  /** Every commit that was made, as the batches that it stored. */
  readonly commits: (readonly Batch[])[] = [];
  probes = 0;
  private readonly stored = new Map<string, Batch>();
  private readonly delayMs: number;
  private failure: Error | null = null;
  private gate: Promise<void> = Promise.resolve();

  /** @param delayMs time that a commit takes */
  constructor(delayMs = 0) {
    this.delayMs = delayMs;
  }

  /** From now on every call fails. */
  goAway(failure: Error = new StoreUnavailableError('08006', 'the server is gone')): void {
    this.failure = failure;
  }

  comeBack(): void {
    this.failure = null;
  }

  /** Commits wait until the returned function is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.gate = promise;
    return () => {
      resolve(undefined);
    };
  }

  events(): LogEvent[] {
    return this.commits.flat().flatMap((batch) => batch.events);
  }

  messages(): string[] {
    return this.events().map((event) => event.message);
  }

  async commit(
    batches: readonly Batch[],
  ): Promise<{ readonly dispositions: readonly BatchDisposition[] }> {
    await this.gate;
    if (this.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.delayMs));
    if (this.failure !== null) throw this.failure;
    const dispositions = batches.map((batch) => this.enter(batch));
    this.commits.push(batches.filter((_, i) => dispositions[i] === 'stored'));
    return { dispositions };
  }

  probe(): Promise<void> {
    this.probes++;
    return this.failure === null ? Promise.resolve() : Promise.reject(this.failure);
  }

  find(ids: readonly string[]): Promise<ReadonlyMap<string, RememberedBatch>> {
    if (this.failure !== null) return Promise.reject(this.failure);
    const found = new Map<string, RememberedBatch>();
    for (const id of ids) {
      const batch = this.stored.get(id);
      if (batch !== undefined) found.set(id, batch);
    }
    return Promise.resolve(found);
  }

  private enter(batch: Batch): BatchDisposition {
    const known = this.stored.get(batch.id);
    if (known === undefined) {
      this.stored.set(batch.id, batch);
      return 'stored';
    }
    return known.bodyHash === batch.bodyHash ? 'duplicate' : 'conflict';
  }
}
