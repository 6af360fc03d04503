/** The fields that a sender may give, beside whatever else becomes metadata. */
export type InputField =
  | 'timestamp'
  | 'level'
  | 'message'
  | 'resourceId'
  | 'traceId'
  | 'spanId'
  | 'commit'
  | 'service'
  | 'eventType'
  | 'metadata';

/**
 * The accepted names of each field in order of precedence, the canonical one first. `event_type` gives the level
 * as well, where no level is sent.
 */
export const ACCEPTED_NAMES: Readonly<Record<InputField, readonly string[]>> = {
  timestamp: ['timestamp', 'time', 'ts', '@timestamp'],
  level: ['level', 'severity', 'lvl', 'logLevel'],
  message: ['message', 'msg', 'body', 'log', '@message'],
  resourceId: ['resourceId', 'resource_id'],
  traceId: ['traceId', 'trace_id'],
  spanId: ['spanId', 'span_id'],
  commit: ['commit'],
  service: ['service', 'source', 'service.name'],
  eventType: ['eventType', 'event_type'],
  metadata: ['metadata'],
};

/** The fields in the order of `FieldName.slot`. */
export const INPUT_FIELDS = Object.keys(ACCEPTED_NAMES) as readonly InputField[];

/** What one accepted name stands for. */
export interface FieldName {
  readonly name: string;
  readonly field: InputField;
  /** Index of the field in `INPUT_FIELDS`. */
  readonly slot: number;
  /** Place in the order of precedence; 0 is the canonical name. */
  readonly rank: number;
}

const BY_NAME = new Map<string, FieldName>(
  INPUT_FIELDS.flatMap((field, slot) =>
    ACCEPTED_NAMES[field].map((name, rank): [string, FieldName] => [
      name,
      { name, field, slot, rank },
    ]),
  ),
);

/** What a name of a top-level field stands for, or undefined if it is an unknown one. */
export function fieldOfName(name: string): FieldName | undefined {
  return BY_NAME.get(name);
}
