import { Injectable, computed, inject } from '@angular/core';
import type { LogHit } from '../api/log-hit.ts';
import { SearchSession } from '../search/search-session.ts';

/** The fields of every event, in the order of the side bar. */
export const EVENT_FIELDS = [
  'level',
  'service',
  'resourceId',
  'traceId',
  'spanId',
  'commit',
  'eventType',
  'metadata.parentResourceId',
] as const;

const ROWS_READ = 200;
const DEPTH = 3;

/** The names of fields that queries can use: the event's own, and those of metadata in the rows read. */
@Injectable()
export class FieldNames {
  readonly #session = inject(SearchSession);

  readonly metadata = computed<readonly string[]>(() => {
    const hits = this.#session.answer()?.hits ?? [];
    return metadataNames(hits);
  });

  readonly names = computed<readonly string[]>(() => [
    'level',
    'message',
    ...EVENT_FIELDS.slice(1),
    'timestamp',
    ...this.metadata(),
  ]);
}

/** `metadata.a.b` paths of values in the first rows, by name. */
export function metadataNames(hits: readonly LogHit[]): string[] {
  const names = new Set<string>();
  for (const hit of hits.slice(0, ROWS_READ)) collect(hit.metadata, 'metadata', 0, names);
  names.delete('metadata.parentResourceId');
  return [...names].sort();
}

function collect(value: unknown, path: string, depth: number, names: Set<string>): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    if (depth > 0) names.add(path);
    return;
  }
  if (depth === DEPTH) return;
  for (const [key, inner] of Object.entries(value)) {
    if (/^[\p{L}\p{N}_.@-]+$/u.test(key)) collect(inner, `${path}.${key}`, depth + 1, names);
  }
}
