import type { Schema } from './schema.ts';
import { count, object, text, timestamp } from './schema-parts.ts';

function nullable(schema: object, description: string): Schema {
  return { ...schema, nullable: true, description };
}

/** Tokens of those who send logs. */
export const TOKEN_SCHEMAS = {
  IngestToken: object({
    id: { ...text, description: 'The public part of the token.', example: 'k3v7a2q4mz5b' },
    name: text,
    state: { type: 'string', enum: ['active', 'disabled', 'expired'] },
    services: nullable(
      { type: 'array', items: text },
      'The only services whose events are taken; null: all.',
    ),
    eventsPerSecond: nullable(count, 'Null: no limit.'),
    burst: nullable(count, 'Null: as many as in a second.'),
    bytesPerDay: nullable(count, 'Null: no limit.'),
    disabled: { type: 'boolean' },
    createdAt: timestamp,
    rotatedAt: nullable(timestamp, 'Null: never.'),
    expiresAt: nullable(timestamp, 'Null: never.'),
    previousUntil: nullable(
      timestamp,
      'Until then the secret before the rotation is accepted too; null: there is none.',
    ),
    today: {
      ...object({ events: count, bytes: count }),
      description: 'Stored since midnight UTC, a second or two behind.',
    },
  }),
  IngestTokensAnswer: object({
    tokens: { type: 'array', items: { $ref: '#/components/schemas/IngestToken' } },
  }),
  IssuedTokenAnswer: object({
    token: { $ref: '#/components/schemas/IngestToken' },
    text: {
      ...text,
      description: 'What senders send as `Authorization: Bearer …`. It is shown this once.',
      example: 'pst_k3v7a2q4mz5b_…',
    },
  }),
} as const;
