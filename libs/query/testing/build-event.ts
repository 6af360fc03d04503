import type { ParsedEvent } from '#event';

/** What a test says about an event; the rest is absent, at 2023-09-15T08:00:00Z and of level info. */
export type EventParts = Partial<Omit<ParsedEvent, 'metadataText' | 'parentResourceId'>>;

export const TEST_TIME = 1_694_764_800_000_000;

/** A canonical event for tests. */
export function buildEvent(parts: EventParts): ParsedEvent {
  const metadata = parts.metadata ?? {};
  const parent = Object.hasOwn(metadata, 'parentResourceId') ? metadata['parentResourceId'] : null;
  return {
    timestamp: TEST_TIME,
    level: 'info',
    levelText: null,
    message: '',
    resourceId: null,
    traceId: null,
    spanId: null,
    commit: null,
    service: null,
    eventType: null,
    ...parts,
    parentResourceId:
      typeof parent === 'string' || typeof parent === 'number' ? String(parent) : null,
    metadata,
    metadataText: JSON.stringify(metadata),
  };
}
