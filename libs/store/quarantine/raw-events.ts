import { formatTimestamp, type LogEvent } from '#event';

/**
 * Events as NDJSON that intake accepts again and makes the same events of: the form in which quarantine keeps what
 * was accepted once.
 */
export function rawEvents(events: readonly LogEvent[]): Buffer {
  return Buffer.from(events.map((event) => `${rawEvent(event)}\n`).join(''));
}

function rawEvent(event: LogEvent): string {
  const { resourceId, traceId, spanId, commit, service, eventType } = event;
  const fields = {
    timestamp: formatTimestamp(event.timestamp),
    // Intake makes the same level of the text as it was sent.
    level: event.levelText ?? event.level,
    message: event.message,
    ...present({ resourceId, traceId, spanId, commit, service, eventType }),
  };
  // The text of the metadata holds numbers that JavaScript would change.
  return `${JSON.stringify(fields).slice(0, -1)},"metadata":${event.metadataText}}`;
}

function present(fields: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}
