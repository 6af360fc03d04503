import type { Batch, LogEvent } from '#event';
import type { BatchHandler, Delivery } from '../log-queue.ts';

/** A batch that is recognised by its number; equal numbers give equal batches. */
export function makeBatch(number: number, events = 1): Batch {
  return {
    id: `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`,
    events: Array.from({ length: events }, (_, i) => makeEvent(`batch ${number} event ${i}`)),
    bytes: 200 * events,
    receivedAt: 1_700_000_000_000_000,
    bodyHash: null,
  };
}

export function makeEvent(message: string): LogEvent {
  return {
    timestamp: 1_700_000_000_000_000,
    level: 'info',
    levelText: null,
    message,
    resourceId: 'server-1',
    traceId: null,
    spanId: null,
    commit: null,
    service: null,
    eventType: null,
    parentResourceId: null,
    metadataText: '{"n":1}',
  };
}

/** What handlers were given, and a way to wait for it. */
export class DeliveryLog {
  readonly seen: Delivery[] = [];
  private readonly waits: { readonly count: number; readonly resolve: () => void }[] = [];

  add(deliveries: readonly Delivery[]): void {
    this.seen.push(...deliveries);
    for (const { count, resolve } of this.waits) if (this.seen.length >= count) resolve();
  }

  handler(disposition: 'stored' | 'duplicate' | 'conflict' | 'quarantined'): BatchHandler {
    return (deliveries) => {
      this.add(deliveries);
      return Promise.resolve(deliveries.map(() => disposition));
    };
  }

  /** Resolves when so many batches have been delivered. */
  async deliveries(count: number): Promise<void> {
    if (this.seen.length >= count) return;
    await new Promise<void>((resolve) => {
      this.waits.push({ count, resolve });
    });
  }

  ids(): string[] {
    return this.seen.map(({ batch }) => batch.id);
  }
}
