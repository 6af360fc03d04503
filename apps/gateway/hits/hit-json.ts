import { eventId, formatTimestamp, TEXT_FIELDS, type StoredEvent } from '#event';
import type { SimilarHit } from '#search';

import { compactJson } from './compact-json.ts';

/**
 * An event as the API shows it: `{"id","timestamp","level","levelText"?,"message","resourceId"?,…,"metadata"}`.
 * Absent fields are left out, metadata never is. Written by hand because the metadata is JSON text already.
 */
export function hitJson(event: StoredEvent): string {
  let json = `{"id":"${eventId(event)}","timestamp":"${formatTimestamp(event.timestamp)}"`;
  json += `,"level":"${event.level}"`;
  if (event.levelText !== null) json += `,"levelText":${JSON.stringify(event.levelText)}`;
  json += `,"message":${JSON.stringify(event.message)}`;
  for (const field of TEXT_FIELDS) {
    const value = event[field];
    if (value !== null) json += `,"${field}":${JSON.stringify(value)}`;
  }
  return `${json},"metadata":${compactJson(event.metadataText)}}`;
}

export function hitsJson(events: readonly StoredEvent[]): string {
  return `[${events.map(hitJson).join(',')}]`;
}

/** Hits with a `score` each. */
export function scoredHitsJson(hits: readonly SimilarHit[]): string {
  return `[${hits.map(scoredHitJson).join(',')}]`;
}

function scoredHitJson({ event, score }: SimilarHit): string {
  return `${hitJson(event).slice(0, -1)},"score":${score}}`;
}
