import type { Batch, LogEvent } from '#event';

const RECEIVED_AT = 1_700_000_000_000_000;

/** A batch that follows from its number alone, so that what is drained can be compared with it. */
export function makeBatch(number: number, messageBytes = 20): Batch {
  const events = Array.from({ length: 1 + (number % 3) }, (_, i) =>
    makeEvent(`${number}.${i} größe "x" \u0001 ${'m'.repeat(messageBytes)}`),
  );
  return {
    id: batchId(number),
    events,
    bytes: 200 * events.length,
    receivedAt: RECEIVED_AT + number,
    bodyHash: number % 2 === 0 ? null : 'ab'.repeat(32),
  };
}

export function batchId(number: number): string {
  return `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;
}

export function numberOf({ id }: Batch): number {
  return Number(id.slice(-12));
}

function makeEvent(message: string): LogEvent {
  return {
    timestamp: RECEIVED_AT,
    level: 'warn',
    levelText: 'WARNING',
    message,
    resourceId: 'server-1',
    traceId: null,
    spanId: null,
    commit: null,
    service: 'api',
    eventType: null,
    parentResourceId: null,
    metadataText: '{"n":1,"batchId":"x"}',
  };
}
