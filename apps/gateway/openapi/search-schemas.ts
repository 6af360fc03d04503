import { LEVELS } from '#event';

import type { Schema } from './schema.ts';
import { count, object, text, timestamp } from './schema-parts.ts';

const partial: Schema = {
  type: 'boolean',
  description: 'True when the time budget was reached: the answer is what was found until then.',
};

const number: Schema = { type: 'number' };

const savedSearch = object({
  id: { type: 'string', format: 'uuid' },
  name: text,
  folder: { ...text, description: 'The empty text is no folder.' },
  q: text,
  from: { ...text, nullable: true, description: 'As it was written: `-15m` stays relative.' },
  to: { ...text, nullable: true },
  columns: { type: 'array', items: text, nullable: true },
  shared: { type: 'boolean', description: 'Else only its owner sees it.' },
  owner: { ...text, nullable: true, description: 'Name of who saved it.' },
  editable: { type: 'boolean', description: 'Whether who asks may change it: owner and admins.' },
  createdAt: timestamp,
  updatedAt: timestamp,
});

/** The answers about what a search found as a whole. */
export const SEARCH_SCHEMAS = {
  SavedSearch: savedSearch,
  SavedSearchesAnswer: object({
    searches: { type: 'array', items: { $ref: '#/components/schemas/SavedSearch' } },
  }),
  FieldStatisticsAnswer: object({
    field: text,
    events: { ...count, description: 'Events that match.' },
    present: { ...count, description: 'Events that have the field.' },
    distinct: { ...count, description: 'Different values.' },
    numbers: {
      ...object({
        count,
        min: number,
        max: number,
        mean: number,
        p50: number,
        p90: number,
        p99: number,
      }),
      nullable: true,
      description: 'Of the values that are numbers; null without any.',
    },
    partial,
  }),
  PatternsAnswer: object({
    patterns: {
      type: 'array',
      items: object({
        template: { ...text, example: 'Failed to connect to <*>' },
        count,
        levels: {
          type: 'object',
          properties: Object.fromEntries(LEVELS.map((level) => [level, count])),
        },
        example: object({ id: text, message: text }),
        firstSeen: timestamp,
        lastSeen: timestamp,
        counts: {
          type: 'array',
          items: count,
          description: 'Number of them by slot of time, the same slots for every pattern.',
        },
      }),
    },
    events: { ...count, description: 'Events that were read.' },
    templates: { ...count, description: 'Different patterns among them.' },
    others: { ...count, description: 'Events that are in no pattern, since there were too many.' },
    start: { ...timestamp, nullable: true, description: 'Start of the first slot.' },
    slotSeconds: number,
    partial: {
      ...partial,
      description: 'True when the time budget was reached: the newest are counted.',
    },
  }),
} as const satisfies Record<string, Schema>;
