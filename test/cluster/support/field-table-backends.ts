import { fieldCases, type FieldCase } from './field-case.ts';
import { POD, resources, setting } from './field-rows.ts';

/** User and password that the metrics of the table's broker want. */
export const METRICS_USER = { username: 'monitor', password: 'of-the-tests' };

export interface TableParts {
  /** Answers as the Prometheus endpoint of a RabbitMQ with a backlog, to METRICS_USER alone. */
  readonly metricsUrl: string;
  /** What the status tells of that backlog. */
  readonly backlog: number;
}

/** A backend that the operator runs itself. */
export function bundled(backend: string): readonly FieldCase[] {
  const set = `StatefulSet ${backend}`;
  const claim = 'spec.volumeClaimTemplates.0.spec';
  const own = `${backend}.bundled`;
  return [
    ...fieldCases(
      [`${own}.image`, `own/${backend}:1`, set, `${POD}.containers.${backend}.image`],
      [`${own}.storage.size`, '3Gi', set, `${claim}.resources.requests.storage`],
      [`${own}.storage.className`, 'standard', set, `${claim}.storageClassName`],
    ),
    ...resources(`${own}.resources`, set, backend),
  ];
}

/** Of the variable of a component's container that names a key of a Secret. */
const reference = (component: string, variable: string) =>
  `${POD}.containers.${component}.env.${variable}.valueFrom.secretKeyRef`;

/** Backends that Secrets name, with a backlog that wants more writers than Postgres has connections for. */
export const outside = ({ metricsUrl, backlog }: TableParts): readonly FieldCase[] =>
  fieldCases(
    [
      'postgres.uriSecretRef.name',
      'database',
      'Deployment writer',
      `${reference('writer', 'DATABASE_URL')}.name`,
    ],
    [
      'postgres.uriSecretRef.key',
      'address',
      'Deployment writer',
      `${reference('writer', 'DATABASE_URL')}.key`,
    ],
    // Too few for a second writer, so that the backlog below meets a limit.
    [
      'postgres.maxConnections',
      40,
      'LogPipeline',
      'status.conditions.ScalingLimited.reason',
      'ConnectionLimit',
    ],
    [
      'rabbitmq.uriSecretRef.name',
      'broker',
      'Deployment ingest',
      `${reference('ingest', 'RABBITMQ_URL')}.name`,
    ],
    [
      'rabbitmq.uriSecretRef.key',
      'address',
      'Deployment ingest',
      `${reference('ingest', 'RABBITMQ_URL')}.key`,
    ],
    [
      'rabbitmq.caSecretRef.name',
      'authority',
      'Deployment ingest',
      `${POD}.volumes.rabbitmq-ca.secret.secretName`,
    ],
    [
      'rabbitmq.caSecretRef.key',
      'root.pem',
      'ConfigMap config',
      setting('RABBITMQ_CA_FILE'),
      '/etc/penstock/rabbitmq/root.pem',
    ],
    ['rabbitmq.metricsUrl', metricsUrl, 'LogPipeline', 'status.backlog', backlog],
    ['rabbitmq.metricsSecretRef.name', 'monitor', 'LogPipeline', 'status.backlog', backlog],
    ['meilisearch.url', 'http://search.example:7700', 'ConfigMap config', setting('MEILI_URL')],
    [
      'meilisearch.apiKeySecretRef.name',
      'search',
      'Deployment keeper',
      `${reference('keeper', 'MEILI_API_KEY')}.name`,
    ],
    [
      'meilisearch.apiKeySecretRef.key',
      'master',
      'Deployment keeper',
      `${reference('keeper', 'MEILI_API_KEY')}.key`,
    ],
  );

/** Backends of other operators. */
export const CLUSTERS: readonly FieldCase[] = fieldCases(
  [
    'postgres.clusterRef.name',
    'db',
    'Deployment writer',
    `${reference('writer', 'DATABASE_URL')}.name`,
    'db-app',
  ],
  [
    'rabbitmq.clusterRef.name',
    'queue',
    'Deployment ingest',
    `${reference('ingest', 'RABBITMQ_URL')}.name`,
    'queue-default-user',
  ],
);

const BUCKET_KEY = `${POD}.containers.keeper.env.S3_ACCESS_KEY_ID.valueFrom.secretKeyRef.name`;

/** Files of closed days in a bucket. */
export const ARCHIVED: readonly FieldCase[] = fieldCases(
  ['archive.bucket', 'logs', 'ConfigMap config', setting('S3_BUCKET')],
  ['archive.prefix', 'a/b/', 'ConfigMap config', setting('S3_PREFIX')],
  ['archive.endpoint', 'http://127.0.0.1:9', 'ConfigMap config', setting('S3_ENDPOINT')],
  ['archive.region', 'eu-central-1', 'ConfigMap config', setting('S3_REGION')],
  ['archive.pathStyle', false, 'ConfigMap config', setting('S3_PATH_STYLE'), 'false'],
  ['archive.secretRef.name', 'bucket', 'Deployment keeper', BUCKET_KEY],
  ['archive.encryption', 'KMS', 'ConfigMap config', setting('S3_ENCRYPTION'), 'aws:kms'],
  ['archive.kmsKeyId', 'alias/logs', 'ConfigMap config', setting('S3_KMS_KEY_ID')],
  ['archive.after', '2h', 'ConfigMap config', setting('COLUMNAR_AFTER')],
  ['archive.retention', '90d', 'ConfigMap config', setting('COLUMNAR_RETENTION')],
  ['archive.cacheSize', '20Gi', 'Deployment gateway', `${POD}.volumes.columnar.emptyDir.sizeLimit`],
  ['postgres.keep', 'forever', 'ConfigMap config', setting('POSTGRES_KEEP')],
);

/** Secrets that the pipelines of the table name. */
export const TABLE_SECRETS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  database: { address: 'postgres://user:secret@127.0.0.1:1/logs' },
  broker: { address: 'amqps://user:secret@127.0.0.1:1' },
  authority: { 'root.pem': 'a certificate' },
  monitor: METRICS_USER,
  search: { master: 'key' },
  bucket: { accessKeyId: 'key', secretAccessKey: 'secret' },
  'db-app': { uri: 'postgres://user:secret@db-rw/app' },
  'queue-default-user': { connection_string: 'amqp://user:secret@queue' },
};
