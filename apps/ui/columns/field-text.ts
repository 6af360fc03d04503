import type { LogHit } from '../api/log-hit.ts';

/** The column that stands for who sent an event: its service, or else its resource. */
export const SOURCE = 'source';

const TEXT_FIELDS = [
  'id',
  'timestamp',
  'level',
  'levelText',
  'message',
  'service',
  'resourceId',
  'traceId',
  'spanId',
  'commit',
  'eventType',
] as const;

type TextField = (typeof TEXT_FIELDS)[number];

/** A field of an event as the text of a cell; empty where the event has none. */
export function fieldText(hit: LogHit, name: string): string {
  if (name === SOURCE) return hit.service ?? hit.resourceId ?? '';
  if (isTextField(name)) return hit[name] ?? '';
  const path = name.startsWith('metadata.') ? name.slice('metadata.'.length) : name;
  return asText(valueAt(hit.metadata, path));
}

function isTextField(name: string): name is TextField {
  return (TEXT_FIELDS as readonly string[]).includes(name);
}

/** The flat key, or else the nested path. */
function valueAt(metadata: LogHit['metadata'], path: string): unknown {
  if (metadata === undefined) return undefined;
  if (Object.hasOwn(metadata, path)) return metadata[path];
  let value: unknown = metadata;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
