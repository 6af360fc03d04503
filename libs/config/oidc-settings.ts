import { optional, setting } from './definition.ts';
import { ROLE_NAMES, roleMap } from './role-map.ts';
import { oneOf, text, url } from './setting-type.ts';

/** Logins and bearer tokens of a provider of OpenID Connect (docs/openid-connect.md). */
export const OIDC_SETTINGS = {
  publicUrl: optional({
    name: 'PUBLIC_URL',
    usedBy: ['standalone', 'gateway'],
    type: url('http', 'https'),
    description:
      'Where browsers reach the page, as `https://logs.example.com`; its host is one of HTTP_ALLOWED_HOSTS then. OpenID Connect needs it.',
  }),
  oidcIssuer: optional({
    name: 'OIDC_ISSUER',
    usedBy: ['standalone', 'gateway'],
    type: url('http', 'https'),
    description:
      'Provider of OpenID Connect, as it names itself; its configuration is read from `/.well-known/openid-configuration` below. `http` only on this machine. Not set: no logins by it.',
  }),
  oidcCaFile: optional({
    name: 'OIDC_CA_FILE',
    usedBy: ['standalone', 'gateway'],
    type: text,
    description:
      'Certificates (PEM) of the authorities that may sign the certificate of the provider, instead of the known ones.',
  }),
  oidcClientId: optional({
    name: 'OIDC_CLIENT_ID',
    usedBy: ['standalone', 'gateway'],
    type: text,
    description: 'Id of this client at the provider. Not set: no logins, only bearer tokens.',
  }),
  oidcClientSecret: optional({
    name: 'OIDC_CLIENT_SECRET',
    usedBy: ['standalone', 'gateway'],
    type: text,
    description:
      'Secret of this client; all gateways need the same. The redirect URL to be registered is PUBLIC_URL and `/api/v1/session/oidc/callback`.',
    secret: true,
  }),
  oidcScopes: setting({
    name: 'OIDC_SCOPES',
    usedBy: ['standalone', 'gateway'],
    type: text,
    default: 'openid profile email',
    description: 'Scopes that are asked for; some providers have one for groups.',
  }),
  oidcGroupsClaim: setting({
    name: 'OIDC_GROUPS_CLAIM',
    usedBy: ['standalone', 'gateway'],
    type: text,
    default: 'groups',
    description:
      'Claim with the names of groups, a list or one text; a path with dots leads into objects (`realm_access.roles`).',
  }),
  oidcRoleMap: setting({
    name: 'OIDC_ROLE_MAP',
    usedBy: ['standalone', 'gateway'],
    type: roleMap,
    default: [],
    description:
      'Roles of groups. Of several groups the highest role counts, with the services of all that give it. A `;` separates entries where names hold commas.',
  }),
  oidcDefaultRole: optional({
    name: 'OIDC_DEFAULT_ROLE',
    usedBy: ['standalone', 'gateway'],
    type: oneOf(...ROLE_NAMES),
    description: 'Role of those who are in none of the groups. Not set: they are refused.',
  }),
  oidcAudience: optional({
    name: 'OIDC_AUDIENCE',
    usedBy: ['standalone', 'gateway'],
    type: text,
    description:
      'Audience (`aud`) of bearer tokens of the provider that the API accepts. Not set: it accepts none.',
  }),
} as const;
