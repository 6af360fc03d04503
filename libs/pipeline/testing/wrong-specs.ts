/** A specification that is refused, by our own check and by the API server alike. */
export interface WrongSpec {
  readonly what: string;
  readonly spec: object;
  /** What both name: the field. */
  readonly path: string;
  /** What both say, where the words are ours. */
  readonly says: string;
}

const wrong = (what: string, spec: object, path: string, says = ''): WrongSpec => ({
  what,
  spec,
  path,
  says,
});

const BEARER = {
  issuer: 'https://id.example.com',
  audience: 'logs',
  defaultRole: 'Viewer',
} as const;

export const WRONG_SPECS: readonly WrongSpec[] = [
  wrong(
    'fewest writers above most',
    { writer: { scaling: { minReplicas: 5, maxReplicas: 2 } } },
    'spec.writer.scaling',
    'minReplicas must not be above maxReplicas',
  ),
  wrong(
    'fewest writers above the default of most',
    { writer: { scaling: { minReplicas: 50 } } },
    'spec.writer.scaling',
    'minReplicas must not be above maxReplicas',
  ),
  wrong(
    'fewest ingest pods above most',
    { ingest: { autoscaling: { minReplicas: 5, maxReplicas: 2 } } },
    'spec.ingest.autoscaling',
    'minReplicas must not be above maxReplicas',
  ),
  wrong(
    'two sources of Postgres',
    { postgres: { uriSecretRef: { name: 'db' }, clusterRef: { name: 'db' } } },
    'spec.postgres',
    'write only one of uriSecretRef, clusterRef, bundled',
  ),
  wrong(
    'two sources of RabbitMQ',
    { rabbitmq: { bundled: {}, clusterRef: { name: 'queue' } } },
    'spec.rabbitmq',
    'write only one of uriSecretRef, clusterRef, bundled',
  ),
  wrong(
    'a Meilisearch without a key',
    { meilisearch: { url: 'http://search:7700' } },
    'spec.meilisearch',
    'url and apiKeySecretRef belong together',
  ),
  wrong(
    'a Meilisearch that is disabled',
    { meilisearch: { enabled: false, bundled: {} } },
    'spec.meilisearch',
    'enabled is false: remove url and bundled, or set it to true',
  ),
  wrong(
    'a Meilisearch by another protocol',
    { meilisearch: { url: 'ftp://search', apiKeySecretRef: { name: 'search' } } },
    'spec.meilisearch.url',
    'must be a URL that begins with http:// or https://',
  ),
  wrong(
    'credentials for no metrics',
    { rabbitmq: { metricsSecretRef: { name: 'metrics' } } },
    'spec.rabbitmq',
    'metricsSecretRef is for metricsUrl, which is missing',
  ),
  wrong(
    'an archive whose bucket is no name of one',
    { archive: { bucket: 'My_Logs' } },
    'spec.archive.bucket',
    'must be the name of a bucket',
  ),
  wrong(
    'an archive by another protocol',
    { archive: { bucket: 'logs', endpoint: 's3://logs' } },
    'spec.archive.endpoint',
    'must be a URL that begins with http:// or https://',
  ),
  wrong(
    'a prefix that does not end a name',
    { archive: { bucket: 'logs', prefix: 'logs/shop' } },
    'spec.archive.prefix',
    'must be names that end with /',
  ),
  wrong(
    'a key of KMS without KMS',
    { archive: { bucket: 'logs', encryption: 'AES256', kmsKeyId: 'alias/logs' } },
    'spec.archive',
    'kmsKeyId is for encryption KMS',
  ),
  wrong(
    'files that are over before they are made',
    { archive: { bucket: 'logs', after: '2d', retention: '48h' } },
    'spec.archive',
    'retention must be longer than after',
  ),
  wrong(
    'files that are over before the default of the time when they are made',
    { archive: { bucket: 'logs', retention: '59m' } },
    'spec.archive',
    'retention must be longer than after',
  ),
  wrong(
    'files that are kept without a unit',
    { archive: { bucket: 'logs', retention: '90' } },
    'spec.archive.retention',
    'must be a duration like 30d',
  ),
  wrong(
    'rows that are kept for no time',
    { postgres: { keep: '2 days' } },
    'spec.postgres.keep',
    'must be a duration like 2d, 0 or forever',
  ),
  wrong(
    'a retention without a unit',
    { retention: { default: '30' } },
    'spec.retention.default',
    'must be a duration like 30d',
  ),
  wrong(
    'a retention rule over text',
    { retention: { rules: [{ match: 'message:x', keep: '3d' }] } },
    'spec.retention.rules[0].match',
    'must be level:<level> or service:<name>',
  ),
  wrong(
    'a retention rule without its time',
    { retention: { rules: [{ match: 'level:debug' }] } },
    'spec.retention.rules[0].keep',
  ),
  wrong(
    'an unknown engine',
    { writer: { scaling: { engine: 'Magic' } } },
    'spec.writer.scaling.engine',
  ),
  wrong('no ingest pod', { ingest: { replicas: 0 } }, 'spec.ingest.replicas'),
  wrong('a fraction of a pod', { gateway: { replicas: 1.5 } }, 'spec.gateway.replicas'),
  wrong('a text where a number belongs', { writer: { replicas: 'two' } }, 'spec.writer.replicas'),
  wrong('a size that is none', { queue: { maxBytes: 'much' } }, 'spec.queue.maxBytes'),
  wrong('an image with a space', { image: 'penstock 1' }, 'spec.image', 'must be an image'),
  wrong('too many shards', { queue: { shards: 65 } }, 'spec.queue.shards'),
  wrong(
    'an Ingress without a host',
    { gateway: { ingress: { className: 'nginx' } } },
    'spec.gateway.ingress.host',
  ),
  wrong(
    'a host with a scheme',
    { gateway: { hosts: ['https://logs.example.com'] } },
    'spec.gateway.hosts[0]',
    'must be a host name',
  ),
  wrong(
    'a host that an Ingress does not take',
    { gateway: { ingress: { host: 'Logs..example.com' } } },
    'spec.gateway.ingress.host',
    'must be a host name in lower case',
  ),
  wrong(
    'a label that pods cannot have',
    { pods: { labels: { team: 'the shop' } } },
    'spec.pods.labels',
    'must be the value of a label',
  ),
  wrong(
    'an address that is none',
    { gateway: { trustedProxies: ['300.1.2.3/8'] } },
    'spec.gateway.trustedProxies[0]',
    'must be an IP address or a network',
  ),
  wrong(
    'a proxy by its name',
    { gateway: { trustedProxies: ['ingress.example.com'] } },
    'spec.gateway.trustedProxies[0]',
    'must be an IP address or a network',
  ),
  wrong(
    'OpenID Connect over plain HTTP',
    { gateway: { oidc: { ...BEARER, issuer: 'http://id.example.com' } } },
    'spec.gateway.oidc.issuer',
    'must be a URL that begins with https://',
  ),
  wrong(
    'OpenID Connect that gives nobody a role',
    { gateway: { oidc: { issuer: BEARER.issuer, audience: 'logs' } } },
    'spec.gateway.oidc',
    'nobody has a role: write roles or defaultRole',
  ),
  wrong(
    'OpenID Connect for nothing',
    { gateway: { oidc: { ...BEARER, audience: undefined } } },
    'spec.gateway.oidc',
    'write clientId for logins, audience for bearer tokens, or both',
  ),
  wrong(
    'a client of OpenID Connect without its secret',
    { gateway: { publicUrl: 'https://logs.example.com', oidc: { ...BEARER, clientId: 'logs' } } },
    'spec.gateway.oidc',
    'clientId and clientSecretRef belong together: write both or neither',
  ),
  wrong(
    'logins that lead nowhere',
    { gateway: { oidc: { ...BEARER, clientId: 'logs', clientSecretRef: { name: 'client' } } } },
    'spec.gateway',
    'logins by oidc need publicUrl',
  ),
  wrong(
    'OpenID Connect without access control',
    { gateway: { auth: 'Off', oidc: BEARER } },
    'spec.gateway',
    'oidc is for access control: set auth to On, or remove oidc',
  ),
  wrong(
    'OpenID Connect without its own scope',
    { gateway: { oidc: { ...BEARER, scopes: ['profile'] } } },
    'spec.gateway.oidc',
    'scopes must hold openid',
  ),
  wrong(
    'an admin of some services',
    { gateway: { oidc: { ...BEARER, roles: [{ group: 'ops', role: 'Admin', services: ['a'] }] } } },
    'spec.gateway.oidc.roles[0]',
    'services names at least one service of a Viewer or Editor',
  ),
  wrong(
    'a group whose name would end the setting',
    { gateway: { oidc: { ...BEARER, roles: [{ group: 'a;b=admin', role: 'Viewer' }] } } },
    'spec.gateway.oidc.roles[0].group',
    'must be the name of a group without ;',
  ),
  wrong(
    'a service whose name would be a role',
    {
      gateway: {
        oidc: { ...BEARER, roles: [{ group: 'a', role: 'Viewer', services: ['x=admin'] }] },
      },
    },
    'spec.gateway.oidc.roles[0].services[0]',
    'must be the name of a service without ;, | and =',
  ),
  wrong('HTTPS without a certificate', { ingest: { tls: {} } }, 'spec.ingest.tls.secretRef'),
  wrong('no access control by another word', { gateway: { auth: 'None' } }, 'spec.gateway.auth'),
];
