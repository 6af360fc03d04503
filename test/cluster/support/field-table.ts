import { fieldCases, type FieldCase } from './field-case.ts';

/** User and password that the metrics of the table's broker want. */
export const METRICS_USER = { username: 'monitor', password: 'of-the-tests' };

export interface TableParts {
  /** Answers as the Prometheus endpoint of a RabbitMQ with a backlog, to METRICS_USER alone. */
  readonly metricsUrl: string;
  /** What the status tells of that backlog. */
  readonly backlog: number;
}

const POD = 'spec.template.spec';
const DIGEST = `penstock@sha256:${'0123456789abcdef'.repeat(4)}`;

/**
 * Every field of the specification with a value other than its default, and where that shows in the cluster. A field
 * that is new needs a row here: a test compares the rows with the schema. Fields that exclude each other are in
 * different pipelines; all rows of one pipeline are applied together.
 */
export function fieldTable(parts: TableParts): Readonly<Record<string, readonly FieldCase[]>> {
  return {
    wide: WIDE,
    scaled: SCALED,
    spooling: SPOOLING,
    lean: LEAN,
    outside: outside(parts),
    archived: ARCHIVED,
    clusters: CLUSTERS,
    paused: fieldCases([
      'paused',
      true,
      'LogPipeline',
      'status.conditions.Reconciled.reason',
      'Paused',
    ]),
  };
}

/** Requests and limits at a field, for the container of a component. */
function resources(field: string, object: string, component: string): readonly FieldCase[] {
  const at = `${POD}.containers.${component}.resources`;
  return fieldCases(
    [`${field}.requests.*`, { cpu: '333m' }, object, `${at}.requests.cpu`, '333m'],
    [`${field}.limits.*`, { memory: '3Gi' }, object, `${at}.limits.memory`, '3Gi'],
  );
}

function bundled(backend: string): readonly FieldCase[] {
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

function service(component: string): readonly FieldCase[] {
  const object = `Service ${component}`;
  return fieldCases(
    [`${component}.service.type`, 'NodePort', object, 'spec.type'],
    [
      `${component}.service.annotations.*`,
      { note: 'ours' },
      object,
      'metadata.annotations.note',
      'ours',
    ],
  );
}

function autoscaling(component: string): readonly FieldCase[] {
  const object = `HorizontalPodAutoscaler ${component}`;
  const target = 'spec.metrics.0.resource.target.averageUtilization';
  return fieldCases(
    [`${component}.autoscaling.minReplicas`, 3, object, 'spec.minReplicas'],
    [`${component}.autoscaling.maxReplicas`, 7, object, 'spec.maxReplicas'],
    [`${component}.autoscaling.targetCpuPercent`, 55, object, target],
  );
}

const setting = (variable: string) => `data.${variable}`;
const HOSTS = setting('HTTP_ALLOWED_HOSTS');
const TOLERATION = `${POD}.tolerations.0`;
const ROUTE = 'HTTPRoute gateway';

const BUCKET_KEY = `${POD}.containers.keeper.env.S3_ACCESS_KEY_ID.valueFrom.secretKeyRef.name`;

const ARCHIVED: readonly FieldCase[] = fieldCases(
  ['archive.bucket', 'logs', 'ConfigMap config', setting('S3_BUCKET')],
  ['archive.prefix', 'a/b/', 'ConfigMap config', setting('S3_PREFIX')],
  ['archive.endpoint', 'http://127.0.0.1:9', 'ConfigMap config', setting('S3_ENDPOINT')],
  ['archive.region', 'eu-central-1', 'ConfigMap config', setting('S3_REGION')],
  ['archive.pathStyle', false, 'ConfigMap config', setting('S3_PATH_STYLE'), 'false'],
  ['archive.secretRef.name', 'bucket', 'Deployment keeper', BUCKET_KEY],
  ['archive.encryption', 'KMS', 'ConfigMap config', setting('S3_ENCRYPTION'), 'aws:kms'],
  ['archive.kmsKeyId', 'alias/logs', 'ConfigMap config', setting('S3_KMS_KEY_ID')],
  ['archive.after', '2h', 'ConfigMap config', setting('COLUMNAR_AFTER')],
  ['archive.cacheSize', '20Gi', 'Deployment gateway', `${POD}.volumes.columnar.emptyDir.sizeLimit`],
  ['postgres.keep', 'forever', 'ConfigMap config', setting('POSTGRES_KEEP')],
);

const WIDE: readonly FieldCase[] = [
  ...fieldCases(
    ['image', DIGEST, 'Deployment ingest', `${POD}.containers.ingest.image`],
    ['imagePullPolicy', 'Always', 'Deployment ingest', `${POD}.containers.ingest.imagePullPolicy`],
    [
      'imagePullSecrets[].name',
      'registry',
      'Deployment keeper',
      `${POD}.imagePullSecrets.registry.name`,
    ],
    ['ingest.replicas', 3, 'Deployment ingest', 'spec.replicas'],
    ['ingest.hosts[]', 'in.example.com', 'ConfigMap config', HOSTS, /(^|,)in\.example\.com(,|$)/],
    ['gateway.replicas', 2, 'Deployment gateway', 'spec.replicas'],
    ['gateway.hosts[]', 'ui.example.com', 'ConfigMap config', HOSTS, /(^|,)ui\.example\.com(,|$)/],
    ['gateway.ingress.host', 'logs.example.com', 'Ingress gateway', 'spec.rules.0.host'],
    ['gateway.ingress.className', 'nginx', 'Ingress gateway', 'spec.ingressClassName'],
    [
      'gateway.ingress.annotations.*',
      { note: 'ours' },
      'Ingress gateway',
      'metadata.annotations.note',
      'ours',
    ],
    ['gateway.ingress.tlsSecretName', 'logs-tls', 'Ingress gateway', 'spec.tls.0.secretName'],
    ['gateway.httpRoute.hostnames[]', 'route.example.com', ROUTE, 'spec.hostnames.0'],
    ['gateway.httpRoute.parentRefs[].name', 'edge', ROUTE, 'spec.parentRefs.0.name'],
    ['gateway.httpRoute.parentRefs[].namespace', 'infra', ROUTE, 'spec.parentRefs.0.namespace'],
    ['gateway.httpRoute.parentRefs[].sectionName', 'https', ROUTE, 'spec.parentRefs.0.sectionName'],
    ['meilisearch.index.prefix', 'penstock-wide', 'ConfigMap config', setting('INDEX_PREFIX')],
    ['meilisearch.index.match', 'level:>=warn', 'ConfigMap config', setting('INDEX_MATCH')],
    ['meilisearch.index.keep', '7d', 'ConfigMap config', setting('INDEX_KEEP')],
    ['meilisearch.index.maxLag', '5m', 'ConfigMap config', setting('INDEX_MAX_LAG')],
    ['queue.shards', 3, 'ConfigMap config', setting('RABBITMQ_SHARDS'), '3'],
    ['queue.prefix', 'wide', 'ConfigMap config', setting('RABBITMQ_PREFIX')],
    ['queue.maxBytes', '1Gi', 'ConfigMap config', setting('RABBITMQ_QUEUE_BYTES'), '1073741824'],
    ['store.partition', 'Hour', 'ConfigMap config', setting('STORE_PARTITION'), 'hour'],
    ['retention.default', '30d', 'ConfigMap config', setting('RETENTION_DEFAULT')],
    [
      'retention.rules[].match',
      'level:debug',
      'ConfigMap config',
      setting('RETENTION'),
      'level:debug=3d',
    ],
    ['retention.rules[].keep', '3d', 'ConfigMap config', setting('RETENTION'), 'level:debug=3d'],
    [
      'pods.nodeSelector.*',
      { pool: 'logs' },
      'StatefulSet postgres',
      `${POD}.nodeSelector.pool`,
      'logs',
    ],
    ['pods.tolerations[].key', 'dedicated', 'Deployment writer', `${TOLERATION}.key`],
    ['pods.tolerations[].operator', 'Equal', 'Deployment writer', `${TOLERATION}.operator`],
    ['pods.tolerations[].value', 'logs', 'Deployment writer', `${TOLERATION}.value`],
    ['pods.tolerations[].effect', 'NoExecute', 'Deployment writer', `${TOLERATION}.effect`],
    [
      'pods.tolerations[].tolerationSeconds',
      60,
      'Deployment writer',
      `${TOLERATION}.tolerationSeconds`,
    ],
    ['pods.priorityClassName', 'urgent', 'Deployment writer', `${POD}.priorityClassName`],
    [
      'pods.labels.*',
      { team: 'search' },
      'Deployment writer',
      'spec.template.metadata.labels.team',
      'search',
    ],
    [
      'pods.annotations.*',
      { note: 'ours' },
      'Deployment writer',
      'spec.template.metadata.annotations.note',
      'ours',
    ],
    [
      'monitoring.labels.*',
      { release: 'prometheus' },
      'ServiceMonitor',
      'metadata.labels.release',
      'prometheus',
    ],
    [
      'deletionPolicy',
      'Delete',
      'StatefulSet postgres',
      'spec.persistentVolumeClaimRetentionPolicy.whenDeleted',
    ],
  ),
  ...service('ingest'),
  ...service('gateway'),
  ...resources('ingest.resources', 'Deployment ingest', 'ingest'),
  ...resources('writer.resources', 'Deployment writer', 'writer'),
  ...resources('gateway.resources', 'Deployment gateway', 'gateway'),
  ...resources('keeper.resources', 'Deployment keeper', 'keeper'),
  ...bundled('postgres'),
  ...bundled('rabbitmq'),
  ...bundled('meilisearch'),
];

const SCALED: readonly FieldCase[] = [
  ...autoscaling('ingest'),
  ...autoscaling('gateway'),
  ...fieldCases(
    ['writer.scaling.engine', 'KEDA', 'LogPipeline', 'status.conditions.ScalingActive.reason'],
    ['writer.scaling.minReplicas', 2, 'ScaledObject writer', 'spec.minReplicaCount'],
    ['writer.scaling.maxReplicas', 9, 'ScaledObject writer', 'spec.maxReplicaCount'],
    // Batches of 1,000 events that a writer stores in the time: 50,000 * 30 / 1,000.
    [
      'writer.scaling.targetDrainSeconds',
      30,
      'ScaledObject writer',
      'spec.triggers.0.metadata.value',
      '1500',
    ],
    [
      'writer.scaling.eventsPerSecondPerReplica',
      50_000,
      'ScaledObject writer',
      'spec.triggers.0.metadata.value',
      '1500',
    ],
    [
      'writer.scaling.scaleDownStabilizationSeconds',
      120,
      'ScaledObject writer',
      'spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleDown.stabilizationWindowSeconds',
    ],
  ),
];

const SPOOLING: readonly FieldCase[] = fieldCases(
  [
    'ingest.spool.storage.size',
    '5Gi',
    'StatefulSet ingest',
    'spec.volumeClaimTemplates.0.spec.resources.requests.storage',
  ],
  [
    'ingest.spool.storage.className',
    'standard',
    'StatefulSet ingest',
    'spec.volumeClaimTemplates.0.spec.storageClassName',
  ],
);

const LEAN: readonly FieldCase[] = fieldCases(
  [
    'writer.scaling.engine',
    'None',
    'LogPipeline',
    'status.conditions.ScalingActive.reason',
    'EngineNone',
  ],
  ['writer.replicas', 2, 'Deployment writer', 'spec.replicas'],
  ['meilisearch.enabled', false, 'StatefulSet meilisearch', 'metadata.name', undefined],
  ['networkPolicy.mode', 'Disabled', 'NetworkPolicy ingest', 'metadata.name', undefined],
  ['monitoring.serviceMonitor', 'Disabled', 'ServiceMonitor', 'metadata.name', undefined],
);

/** Of the variable of a component's container that names a key of a Secret. */
const reference = (component: string, variable: string) =>
  `${POD}.containers.${component}.env.${variable}.valueFrom.secretKeyRef`;

const outside = ({ metricsUrl, backlog }: TableParts): readonly FieldCase[] =>
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

const CLUSTERS: readonly FieldCase[] = fieldCases(
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
