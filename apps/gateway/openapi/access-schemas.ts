import { AUDIT_ACTIONS, AUDIT_OUTCOMES, PERMISSIONS, ROLES } from '#access';

import type { Schema } from './schema.ts';
import { count, object, text, timestamp } from './schema-parts.ts';

const uuid: Schema = { type: 'string', format: 'uuid' };
const role: Schema = { type: 'string', enum: [...ROLES] };

const services: Schema = {
  type: 'array',
  items: text,
  nullable: true,
  description: 'The only services whose events are seen; null: all.',
};

function nullable(schema: object, description: string): Schema {
  return { ...schema, nullable: true, description };
}

/** Users, sessions and what they may do. */
export const ACCESS_SCHEMAS = {
  Identity: object({
    kind: { type: 'string', enum: ['anonymous', 'user', 'bearer'] },
    id: text,
    name: text,
    role,
    services,
  }),
  SessionAnswer: object({
    auth: { type: 'string', enum: ['on', 'off'] },
    identity: {
      allOf: [{ $ref: '#/components/schemas/Identity' }],
      nullable: true,
      description: 'Null: nobody is logged in.',
    },
    permissions: {
      type: 'array',
      items: { type: 'string', enum: Object.keys(PERMISSIONS) },
    },
    csrf: nullable(text, 'What the header X-Penstock-CSRF must say with each change.'),
    methods: {
      type: 'array',
      items: { type: 'string', enum: ['password', 'oidc'] },
      description:
        'Ways to log in: POST /api/v1/session, and a browser at GET /api/v1/session/oidc.',
    },
  }),
  LogoutAnswer: object({
    deleted: { type: 'boolean' },
    providerLogout: nullable(
      text,
      'URL at which the browser logs out at the provider too; null: none.',
    ),
  }),
  User: object({
    id: uuid,
    name: text,
    role,
    services,
    disabled: { type: 'boolean' },
    hasPassword: { type: 'boolean' },
    createdAt: timestamp,
    updatedAt: timestamp,
    lastLoginAt: nullable(timestamp, 'Null: never.'),
  }),
  UsersAnswer: object({
    users: { type: 'array', items: { $ref: '#/components/schemas/User' } },
  }),
  AccountSession: object({
    id: uuid,
    current: { type: 'boolean', description: 'It is the one that asks.' },
    createdAt: timestamp,
    lastSeenAt: { ...timestamp, description: 'To a minute or so.' },
    expiresAt: timestamp,
    address: nullable(text, 'Where it was begun.'),
    userAgent: nullable(text, 'The browser that began it.'),
  }),
  AccountSessionsAnswer: object({
    sessions: { type: 'array', items: { $ref: '#/components/schemas/AccountSession' } },
  }),
  RevokedAnswer: object({ revoked: { ...count, description: 'Sessions that were ended.' } }),
  AuditEntry: object({
    id: text,
    at: timestamp,
    actor: object({
      kind: { type: 'string', enum: ['user', 'anonymous', 'system', 'unknown'] },
      id: nullable(text, 'Null: nobody that is known.'),
      name: text,
    }),
    action: { type: 'string', enum: [...AUDIT_ACTIONS] },
    target: nullable(text, 'What it was done to.'),
    address: nullable(text, 'Address of the client.'),
    outcome: { type: 'string', enum: [...AUDIT_OUTCOMES] },
    detail: { type: 'object', additionalProperties: true },
  }),
  AuditAnswer: object({
    entries: { type: 'array', items: { $ref: '#/components/schemas/AuditEntry' } },
    nextCursor: nullable(text, 'Continues; null is the end.'),
  }),
  ChangedAnswer: object({ changed: { type: 'boolean' } }),
} as const satisfies Record<string, Schema>;
