import type { Schema } from './schema.ts';
import { count, object, timestamp } from './schema-parts.ts';

/** What is stored where. */
export const SEGMENT_SCHEMAS = {
  SegmentsAnswer: object({
    segments: {
      type: 'array',
      items: object({
        from: timestamp,
        to: { ...timestamp, description: 'Not included.' },
        where: {
          type: 'string',
          enum: ['rows', 'files', 'both'],
          description:
            'Tables of Postgres, columnar files, or both: events that came late, or rows that POSTGRES_KEEP keeps beside the files.',
        },
        events: { ...count, description: 'Each counted once.' },
        bytes: {
          ...count,
          description:
            'Of tables with their indexes, and of files; without tables that are empty beside files.',
        },
        bytesPerEvent: { type: 'number', minimum: 0, nullable: true },
        files: { ...count, description: 'Number of columnar files.' },
        fileBytes: count,
        tableBytes: count,
      }),
    },
    events: count,
    bytes: count,
    more: { type: 'boolean', description: 'There are older ones: ask for an earlier range.' },
  }),
} as const satisfies Record<string, Schema>;
