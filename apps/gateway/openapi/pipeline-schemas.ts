import type { Schema } from './schema.ts';
import { count, object, text, timestamp } from './schema-parts.ts';

const seconds: Schema = { type: 'number', minimum: 0 };
const rate: Schema = {
  ...object({ last10s: seconds, last1m: seconds }),
  description: 'Per second, over the last 10 s and the last minute.',
};

function orNull(schema: Schema, description: string): Schema {
  return { allOf: [schema], nullable: true, description };
}

/** The health of the pipeline. */
export const PIPELINE_SCHEMAS = {
  PipelineProcess: object({
    id: { type: 'string', format: 'uuid' },
    kind: { type: 'string', enum: ['ingest', 'writer', 'gateway', 'keeper', 'standalone'] },
    version: text,
    host: text,
    startedAt: timestamp,
    lastSeen: timestamp,
    state: {
      type: 'string',
      enum: ['alive', 'stopping', 'stopped', 'dead'],
      description: '`dead`: it has stopped without a word.',
    },
    figures: object(
      {
        ingestEvents: rate,
        ingestBytes: rate,
        storedEvents: rate,
        queue: object({ ready: count, unsettled: count, bytes: count }),
        writer: object({
          heldBatches: count,
          oldestSeconds: orNull(seconds, 'Age of the oldest batch that it was given.'),
          breaker: { type: 'string', enum: ['closed', 'half-open', 'open'] },
        }),
        away: {
          type: 'array',
          items: object({ name: text, reason: text, forSeconds: seconds }),
        },
      },
      ['ingestEvents', 'ingestBytes', 'storedEvents', 'queue', 'writer', 'away'],
    ),
  }),
  PipelineHealth: object({
    status: { type: 'string', enum: ['ok', 'attention'] },
    notices: {
      type: 'array',
      description: 'What is wrong now, the worst first.',
      items: object({
        code: { type: 'string', enum: ['stale', 'no-writer', 'dependency-away', 'process-died'] },
        subject: { ...text, nullable: true, description: 'A dependency, or the id of a process.' },
        detail: text,
      }),
    },
    at: { ...timestamp, description: 'By the clock of Postgres, as all times here.' },
    stale: orNull(
      object({ since: timestamp, reason: text }),
      'Not null while the processes cannot be asked: the rest is what was known last.',
    ),
    processes: {
      type: 'array',
      items: { $ref: '#/components/schemas/PipelineProcess' },
      description: 'One that ended is listed for a day.',
    },
    ingest: object({ events: rate, bytes: rate }),
    written: object({ events: rate }),
    backlog: object({
      ready: orNull(count, 'Batches that no writer holds; null where nobody can tell.'),
      unacked: { ...count, description: 'Batches that writers hold.' },
      bytes: orNull(count, 'Bytes that wait, as far as they are known.'),
    }),
    oldestUnwrittenSeconds: orNull(
      seconds,
      'Age of the oldest event that is accepted and not written; 0 without a backlog.',
    ),
    index: orNull(
      object({ seconds, groups: count }),
      'How far the search index is behind; null without one.',
    ),
    quarantine: orNull(
      object({ count, more: { type: 'boolean' } }),
      'Entries of the quarantine, counted up to 10,000.',
    ),
    away: {
      type: 'array',
      description: 'What some process needs and cannot reach.',
      items: object({
        name: { type: 'string', enum: ['postgres', 'rabbitmq', 'meilisearch'] },
        since: timestamp,
        reason: text,
        seenBy: { type: 'array', items: text, description: 'Ids of the processes that say so.' },
      }),
    },
  }),
} as const satisfies Record<string, Schema>;
