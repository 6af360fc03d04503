import {
  choice,
  list,
  object,
  optional,
  text,
  withDefault,
  type TextForm,
} from '../schema/field.ts';
import { secretKey } from './common.ts';

const ISSUER: TextForm = {
  pattern: '^https://[^ ]+$',
  words: 'a URL that begins with https://, since with http:// whoever is between could log in',
};

const SCOPE: TextForm = { pattern: '^[^ ]+$', words: 'one scope, without spaces' };

/** Groups and services are written into one setting, whose separators they cannot hold. */
const GROUP: TextForm = {
  pattern: '^[^; ]([^;]*[^; ])?$',
  words: 'the name of a group without ; and without spaces around it',
};
const SERVICE: TextForm = {
  pattern: '^[^;|= ]([^;|=]*[^;|= ])?$',
  words: 'the name of a service without ;, | and =, and without spaces around it',
};

const ROLES = ['Viewer', 'Editor', 'Admin'] as const;

const groupRole = object(
  'What the members of a group may do.',
  {
    group: text('Name of the group, as the claim has it.', { form: GROUP, maxLength: 256 }),
    role: choice('What they may do.', ROLES),
    services: optional(
      list(
        'The only services whose events they see. Absent: all.',
        text('A service.', { form: SERVICE, maxLength: 128 }),
        { maxItems: 32 },
      ),
    ),
  },
  [
    {
      cel: "!has(self.services) || (self.services.size() > 0 && self.role != 'Admin')",
      message:
        'services names at least one service of a Viewer or Editor; remove it where all are seen, as an Admin does',
      holds: ({ services, role }) =>
        services === undefined || ((services as readonly unknown[]).length > 0 && role !== 'Admin'),
    },
  ],
);

/** Logins and bearer tokens of an identity provider. */
export const oidc = optional(
  object(
    'Logins by a provider of OpenID Connect, and bearer tokens of it. Users with a password go on working.',
    {
      issuer: text('The provider, as it names itself.', { form: ISSUER }),
      caSecretRef: optional(
        secretKey(
          'Secret with the certificates (PEM) that may sign the one of the provider.',
          'ca.crt',
        ),
      ),
      clientId: optional(
        text(
          'Id of the client of the page, for logins. Its redirect URL is publicUrl and /api/v1/session/oidc/callback.',
          { maxLength: 256 },
        ),
      ),
      clientSecretRef: optional(
        secretKey('Secret with the secret of that client.', 'clientSecret'),
      ),
      scopes: withDefault(
        list(
          'Scopes that are asked for; some providers have one for groups.',
          text('A scope.', { form: SCOPE, maxLength: 256 }),
          { maxItems: 16 },
        ),
        ['openid', 'profile', 'email'],
      ),
      groupsClaim: withDefault(
        text(
          'Claim with the names of groups; a path with dots leads into objects, as realm_access.roles.',
          { maxLength: 256 },
        ),
        'groups',
      ),
      roles: withDefault(
        list(
          'Roles of groups. Of several groups the highest role counts, with the services of all that give it.',
          groupRole,
          { maxItems: 64 },
        ),
        [],
      ),
      defaultRole: optional(
        choice('Role of those who are in none of the groups. Absent: they are refused.', ROLES),
      ),
      audience: optional(
        text('Audience (aud) of bearer tokens that the API accepts. Absent: it accepts none.', {
          maxLength: 256,
        }),
      ),
    },
    [
      {
        cel: 'has(self.clientId) || has(self.audience)',
        message: 'write clientId for logins, audience for bearer tokens, or both',
        holds: ({ clientId, audience }) => clientId !== undefined || audience !== undefined,
      },
      {
        cel: 'has(self.clientId) == has(self.clientSecretRef)',
        message: 'clientId and clientSecretRef belong together: write both or neither',
        holds: ({ clientId, clientSecretRef }) =>
          (clientId === undefined) === (clientSecretRef === undefined),
      },
      {
        cel: 'self.roles.size() > 0 || has(self.defaultRole)',
        message: 'nobody has a role: write roles or defaultRole',
        holds: ({ roles, defaultRole }) =>
          (roles as readonly unknown[]).length > 0 || defaultRole !== undefined,
      },
      {
        cel: "'openid' in self.scopes",
        message: 'scopes must hold openid',
        holds: ({ scopes }) => (scopes as readonly unknown[]).includes('openid'),
      },
    ],
  ),
);
