import { fieldCases, type FieldCase } from './field-case.ts';
import { POD, setting } from './field-rows.ts';

/** HTTPS of a component, with client certificates. */
const https = (component: string): readonly FieldCase[] => {
  const volumes = `${POD}.volumes`;
  const deployment = `Deployment ${component}`;
  return fieldCases(
    [`${component}.tls.secretRef.name`, 'web', deployment, `${volumes}.tls.secret.secretName`],
    [
      `${component}.tls.clientCaSecretRef.name`,
      'clients',
      deployment,
      `${volumes}.client-ca.secret.secretName`,
    ],
    [
      `${component}.tls.clientCaSecretRef.key`,
      'root.pem',
      deployment,
      `${POD}.containers.${component}.env.TLS_CLIENT_CA_FILE.value`,
      '/etc/penstock/client-ca/root.pem',
    ],
  );
};

const CLIENT_SECRET = `${POD}.containers.gateway.env.OIDC_CLIENT_SECRET.valueFrom.secretKeyRef`;
const ROLE_MAP = [setting('OIDC_ROLE_MAP'), 'staff=editor:cart;'] as const;

/** Who gets in, and how. */
export const GUARDED: readonly FieldCase[] = [
  ...https('ingest'),
  ...https('gateway'),
  ...fieldCases(
    [
      'trustedCaSecretRef.name',
      'company',
      'Deployment writer',
      `${POD}.volumes.trusted-ca.secret.secretName`,
    ],
    [
      'trustedCaSecretRef.key',
      'root.pem',
      'Deployment writer',
      `${POD}.containers.writer.env.NODE_EXTRA_CA_CERTS.value`,
      '/etc/penstock/trusted-ca/root.pem',
    ],
    ['gateway.publicUrl', 'https://logs.example.com', 'ConfigMap config', setting('PUBLIC_URL')],
    ['gateway.oidc.issuer', 'https://id.example', 'ConfigMap config', setting('OIDC_ISSUER')],
    [
      'gateway.oidc.caSecretRef.name',
      'provider',
      'Deployment gateway',
      `${POD}.volumes.oidc-ca.secret.secretName`,
    ],
    [
      'gateway.oidc.caSecretRef.key',
      'root.pem',
      'ConfigMap config',
      setting('OIDC_CA_FILE'),
      '/etc/penstock/oidc-ca/root.pem',
    ],
    ['gateway.oidc.clientId', 'logs', 'ConfigMap config', setting('OIDC_CLIENT_ID')],
    ['gateway.oidc.clientSecretRef.name', 'client', 'Deployment gateway', `${CLIENT_SECRET}.name`],
    ['gateway.oidc.clientSecretRef.key', 'word', 'Deployment gateway', `${CLIENT_SECRET}.key`],
    ['gateway.oidc.scopes[]', 'openid', 'ConfigMap config', setting('OIDC_SCOPES')],
    ['gateway.oidc.groupsClaim', 'realm.roles', 'ConfigMap config', setting('OIDC_GROUPS_CLAIM')],
    ['gateway.oidc.roles[].group', 'staff', 'ConfigMap config', ...ROLE_MAP],
    ['gateway.oidc.roles[].role', 'Editor', 'ConfigMap config', ...ROLE_MAP],
    ['gateway.oidc.roles[].services[]', 'cart', 'ConfigMap config', ...ROLE_MAP],
    [
      'gateway.oidc.defaultRole',
      'Viewer',
      'ConfigMap config',
      setting('OIDC_DEFAULT_ROLE'),
      'viewer',
    ],
    ['gateway.oidc.audience', 'logs-api', 'ConfigMap config', setting('OIDC_AUDIENCE')],
  ),
];

/** Secrets that the pipeline of these rows names, beside its certificate. */
export const ACCESS_SECRETS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  clients: { 'root.pem': 'a certificate' },
  client: { word: 'secret' },
  company: { 'root.pem': 'a certificate' },
  provider: { 'root.pem': 'a certificate' },
};
