import { randomUUID } from 'node:crypto';
import type { Batch, LogEvent, Micros, ParsedEvent } from '#event';

/** 2026-03-10T12:00:00Z. */
export const NOON: Micros = Date.UTC(2026, 2, 10, 12) * 1_000;

/** A canonical event; `change` overrides its fields. */
export function buildEvent({ metadata = {}, ...change }: Partial<ParsedEvent> = {}): LogEvent {
  return {
    timestamp: NOON,
    level: 'info',
    levelText: null,
    message: 'db instance started',
    resourceId: 'server-1234',
    traceId: null,
    spanId: null,
    commit: null,
    service: 'db',
    eventType: null,
    parentResourceId: null,
    metadataText: JSON.stringify(metadata),
    ...change,
  };
}

/** A batch of events; `change` overrides its other fields. */
export function buildBatch(events: readonly LogEvent[], change: Partial<Batch> = {}): Batch {
  return {
    id: randomUUID(),
    events,
    bytes: events.length * 350,
    receivedAt: NOON,
    bodyHash: null,
    ...change,
  };
}
