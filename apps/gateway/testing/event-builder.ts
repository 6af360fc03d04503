import type { StoredEvent } from '#event';

/** Microseconds of 2023-09-15T08:00:00Z. */
export const EIGHT_O_CLOCK = 1_694_764_800_000_000;

/** An event as the store gives it back; `metadata` also sets the text of it. */
export function storedEvent(changes: Partial<StoredEvent> = {}): StoredEvent {
  const metadata = changes.metadata ?? {};
  return {
    timestamp: EIGHT_O_CLOCK,
    groupSeq: 1,
    ordinal: 0,
    level: 'info',
    levelText: null,
    message: 'Started',
    resourceId: null,
    traceId: null,
    spanId: null,
    commit: null,
    service: null,
    eventType: null,
    parentResourceId: null,
    metadata,
    metadataText: JSON.stringify(metadata),
    ...changes,
  };
}
