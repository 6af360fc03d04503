import { ACCEPTED_NAMES, LEVELS, type InputField } from '#event';

import { ACCESS_SCHEMAS } from './access-schemas.ts';
import { PIPELINE_SCHEMAS } from './pipeline-schemas.ts';
import type { Schema } from './schema.ts';
import { SEARCH_SCHEMAS } from './search-schemas.ts';
import { count, object, text, timestamp } from './schema-parts.ts';
import { SEGMENT_SCHEMAS } from './segment-schemas.ts';
import { TOKEN_SCHEMAS } from './token-schemas.ts';

const partial: Schema = {
  type: 'boolean',
  description: 'True when the time budget was reached: the answer is what was found until then.',
};
const cursor: Schema = {
  type: 'string',
  nullable: true,
  description: 'Continues this answer; null at the end.',
};
const hits: Schema = { type: 'array', items: { $ref: '#/components/schemas/Hit' } };

/** A description with the further names that a field is known by. */
function named(description: string, field: InputField): string {
  const others = ACCEPTED_NAMES[field].slice(1).map((name) => `\`${name}\``);
  return `${description} Also: ${others.join(', ')}.`;
}

/** What the calls take and answer, by name. */
export const SCHEMAS = {
  Event: {
    type: 'object',
    required: ['message'],
    description: 'Other fields are kept in `metadata`; `null` counts as absent.',
    additionalProperties: true,
    properties: {
      timestamp: {
        description: named('RFC 3339, or an epoch in s, ms, us or ns; absent: now.', 'timestamp'),
        oneOf: [timestamp, { type: 'number' }],
      },
      level: {
        description: named('Any usual spelling or number of a level.', 'level'),
        oneOf: [{ type: 'string', example: 'error' }, { type: 'integer' }],
      },
      message: { ...text, description: named('The text.', 'message') },
      resourceId: { ...text, description: named('What it is about.', 'resourceId') },
      traceId: { ...text, description: named('Its trace.', 'traceId') },
      spanId: { ...text, description: named('Its span.', 'spanId') },
      commit: { ...text, description: 'The version of the code.' },
      service: { ...text, description: named('Who sent it.', 'service') },
      eventType: {
        ...text,
        description: named('Its kind; gives the level where none is sent.', 'eventType'),
      },
      metadata: { type: 'object', additionalProperties: true },
    },
  },
  IngestAnswer: object({
    accepted: count,
    rejected: {
      type: 'array',
      items: object({ index: count, reason: text }),
      description: 'The events that are not stored, by their place in the request.',
    },
    batchId: {
      type: 'string',
      format: 'uuid',
      nullable: true,
      description: 'The first batch that holds events of the request; null where none was sent.',
    },
  }),
  HealthAnswer: object({ status: { type: 'string', enum: ['ok'] } }),
  ReadinessAnswer: object({
    ready: { type: 'boolean' },
    reason: {
      type: 'string',
      nullable: true,
      description: 'Why it is not ready whatever it depends on: it starts or it stops.',
    },
    dependencies: {
      type: 'array',
      items: object({
        name: text,
        required: { type: 'boolean', description: 'The process is not ready without it.' },
        ok: { type: 'boolean' },
        since: { ...timestamp, description: 'Since when it is so.' },
        reason: { type: 'string', nullable: true, description: 'Why it is not ok.' },
      }),
    },
  }),
  Hit: object(
    {
      id: { ...text, description: 'Stable id of the event.', example: '812-17' },
      timestamp,
      level: { type: 'string', enum: [...LEVELS] },
      levelText: { ...text, description: 'The level as it was sent, where it differs.' },
      message: text,
      resourceId: text,
      traceId: text,
      spanId: text,
      commit: text,
      service: text,
      eventType: text,
      metadata: { type: 'object', additionalProperties: true },
      score: {
        type: 'number',
        minimum: 0,
        maximum: 1,
        description: 'With `mode=similar`: how well it fits.',
      },
    },
    ['levelText', 'resourceId', 'traceId', 'spanId', 'commit', 'service', 'eventType', 'score'],
  ),
  SearchAnswer: object(
    {
      hits,
      nextCursor: cursor,
      partial,
      engines: { type: 'array', items: text, description: 'Who answered.' },
      tookMs: count,
      plan: {
        type: 'array',
        items: { type: 'object', additionalProperties: true },
        description: 'With `explain=true`: the steps that were run.',
      },
    },
    ['plan'],
  ),
  ModesAnswer: object({
    modes: {
      type: 'array',
      items: object(
        {
          mode: { type: 'string', enum: ['exact', 'similar'] },
          available: { type: 'boolean' },
          reason: { ...text, description: 'Why it is not available, and the remedy.' },
        },
        ['reason'],
      ),
    },
  }),
  CountAnswer: object({ count, partial }),
  HistogramAnswer: object({
    interval: { ...text, example: '10m' },
    buckets: {
      type: 'array',
      items: object({
        start: timestamp,
        counts: {
          type: 'object',
          description: 'Number of events by level; a level without events is absent.',
          properties: Object.fromEntries(LEVELS.map((level) => [level, count])),
        },
      }),
    },
    partial,
  }),
  FacetsAnswer: object({
    field: text,
    values: { type: 'array', items: object({ value: text, count }) },
    partial,
  }),
  ...SEARCH_SCHEMAS,
  HitsAnswer: object({ hits }),
  LogsAnswer: object({ logs: hits }),
  Filter: {
    type: 'object',
    required: ['key', 'value', 'operation'],
    additionalProperties: false,
    properties: {
      key: { ...text, description: 'Name of a field.', example: 'level' },
      operation: {
        type: 'string',
        enum: ['equals', 'contains', 'range'],
        description:
          '`equals` is the whole value, `contains` a part of it, both ignoring case; `range` is for timestamp.',
      },
      value: {
        oneOf: [
          { type: 'string', example: 'error' },
          { type: 'number' },
          object({ lower_range: timestamp, upper_range: timestamp }, [
            'lower_range',
            'upper_range',
          ]),
        ],
        description: 'A text, or for `range` both ends, inclusive; an absent end is open.',
      },
    },
  },
  QuarantineEntry: object(
    {
      id: text,
      quarantinedAt: timestamp,
      reason: { ...text, description: 'Stable code.' },
      detail: text,
      batchId: { type: 'string', format: 'uuid' },
      events: count,
    },
    ['batchId'],
  ),
  QuarantineAnswer: object({
    entries: { type: 'array', items: { $ref: '#/components/schemas/QuarantineEntry' } },
    nextCursor: cursor,
  }),
  ReplayRequest: {
    type: 'object',
    description: 'Either `ids` or `reason`.',
    additionalProperties: false,
    properties: {
      ids: { type: 'array', items: text, maxItems: 1_000 },
      reason: { ...text, description: 'Replays everything that has this reason.' },
    },
  },
  ReplayAnswer: object({
    replayed: { ...count, description: 'Accepted; these have left the quarantine.' },
    rejected: {
      type: 'array',
      items: object({ id: text, reason: text }),
      description: 'Failed again; these stay in quarantine.',
    },
    unknown: {
      type: 'array',
      items: text,
      description: 'Ids without an entry: replayed or deleted before, or wrong.',
    },
    partial: {
      type: 'boolean',
      description: 'True when the time budget was reached: send the same request again.',
    },
  }),
  ...TOKEN_SCHEMAS,
  ...SEGMENT_SCHEMAS,
  ...PIPELINE_SCHEMAS,
  ...ACCESS_SCHEMAS,
  DeleteAnswer: object({ deleted: { type: 'boolean' } }),
  Problem: {
    type: 'object',
    description: 'Problem details, RFC 9457.',
    required: ['type', 'title', 'status', 'code', 'detail'],
    properties: {
      type: text,
      title: text,
      status: { type: 'integer' },
      code: { ...text, description: 'Stable code for programs.' },
      detail: { ...text, description: 'What is wrong and what to do, for people.' },
      errors: {
        type: 'array',
        items: object({ field: text, detail: text }),
        description: 'Every field that is wrong.',
      },
      rejected: {
        type: 'array',
        items: object({ index: count, reason: text }),
        description: 'Of ingest: why each event cannot be stored.',
      },
      column: { type: 'integer', minimum: 1, description: 'Of a query: where it is wrong.' },
      length: { ...count, description: 'Of a query: how many characters are wrong.' },
      expected: { type: 'array', items: text, description: 'Of a query: what would be right.' },
      rewritten: {
        ...text,
        description: 'Of a query of another product: how this language writes it.',
      },
      permission: { ...text, description: 'What it needs, where it is forbidden.' },
      retryAfterSeconds: { ...count, description: 'Of a locked login.' },
      id: { ...text, description: 'Of an unexpected error: its id in the log.' },
    },
  },
} as const satisfies Record<string, Schema>;

export type SchemaName = keyof typeof SCHEMAS;

export function schemaRef(name: SchemaName): Schema {
  return { $ref: `#/components/schemas/${name}` };
}
