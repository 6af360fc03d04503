import type { JsonObject } from './json.ts';
import type { Level } from './level.ts';
import type { Micros } from './timestamp.ts';

/**
 * A canonical log event: what intake makes of whatever a client sent, and what every later stage handles.
 *
 * Absent text fields are `null`, so that all events share one object shape. Every string is clean: no NUL,
 * no lone surrogates (Postgres refuses both). Sizes are within `LIMITS`.
 */
export interface LogEvent {
  readonly timestamp: Micros;
  readonly level: Level;
  /** The level as it was sent, where it differs from the canonical name. */
  readonly levelText: string | null;
  readonly message: string;
  readonly resourceId: string | null;
  readonly traceId: string | null;
  readonly spanId: string | null;
  readonly commit: string | null;
  readonly service: string | null;
  readonly eventType: string | null;
  /** `metadata.parentResourceId` where it is a text or a number, as text: a first-class filter with a column. */
  readonly parentResourceId: string | null;
  /** A JSON object as text, made once at intake: its bound is measured on it, and COPY and codec write it as it is. */
  readonly metadataText: string;
}

/** An event whose metadata can be looked into, as readers need it. What only moves events does without. */
export interface ParsedEvent extends LogEvent {
  readonly metadata: JsonObject;
}

/** The text fields of an event, each exact-matched by queries and probed by the skip index. */
export const TEXT_FIELDS = [
  'resourceId',
  'traceId',
  'spanId',
  'commit',
  'service',
  'eventType',
] as const satisfies readonly (keyof LogEvent)[];

export type TextField = (typeof TEXT_FIELDS)[number];
