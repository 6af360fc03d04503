import type { LogPipelineSpec } from '#pipeline';

export const OIDC_CA_FOLDER = '/etc/penstock/oidc-ca';

type Gateway = LogPipelineSpec['gateway'];
type Oidc = NonNullable<Gateway['oidc']>;

/** Logins and bearer tokens of a provider, as settings of the gateway; the client's secret is not among them. */
export function oidcSettings({ publicUrl, oidc }: Gateway): Readonly<Record<string, string>> {
  return {
    ...(publicUrl !== undefined && { PUBLIC_URL: publicUrl }),
    ...(oidc !== undefined && providerSettings(oidc)),
  };
}

function providerSettings(oidc: Oidc): Readonly<Record<string, string>> {
  const { issuer, caSecretRef, clientId, scopes, groupsClaim, roles, defaultRole, audience } = oidc;
  return {
    OIDC_ISSUER: issuer,
    ...(caSecretRef !== undefined && { OIDC_CA_FILE: `${OIDC_CA_FOLDER}/${caSecretRef.key}` }),
    OIDC_SCOPES: scopes.join(' '),
    OIDC_GROUPS_CLAIM: groupsClaim,
    ...(clientId !== undefined && { OIDC_CLIENT_ID: clientId }),
    ...(roles.length > 0 && { OIDC_ROLE_MAP: roles.map(entryOf).join('') }),
    ...(defaultRole !== undefined && { OIDC_DEFAULT_ROLE: defaultRole.toLowerCase() }),
    ...(audience !== undefined && { OIDC_AUDIENCE: audience }),
  };
}

/** Each ends with `;`, also the only one: without any, commas would separate entries, and names of groups hold them. */
function entryOf({ group, role, services }: Oidc['roles'][number]): string {
  const limit = services === undefined ? '' : `:${services.join('|')}`;
  return `${group}=${role.toLowerCase()}${limit};`;
}
