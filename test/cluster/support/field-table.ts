import { fieldCases, type FieldCase } from './field-case.ts';
import { POD, resources, setting } from './field-rows.ts';
import { GUARDED } from './field-table-access.ts';
import { ARCHIVED, bundled, CLUSTERS, outside, type TableParts } from './field-table-backends.ts';

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
    guarded: GUARDED,
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

const HOSTS = setting('HTTP_ALLOWED_HOSTS');
const TOLERATION = `${POD}.tolerations.0`;
const ROUTE = 'HTTPRoute gateway';

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
    ['ingest.auth', 'Off', 'ConfigMap config', setting('INGEST_AUTH'), 'off'],
    ['ingest.hosts[]', 'in.example.com', 'ConfigMap config', HOSTS, /(^|,)in\.example\.com(,|$)/],
    ['gateway.replicas', 2, 'Deployment gateway', 'spec.replicas'],
    ['gateway.hosts[]', 'ui.example.com', 'ConfigMap config', HOSTS, /(^|,)ui\.example\.com(,|$)/],
    ['gateway.auth', 'Off', 'ConfigMap config', setting('AUTH'), 'off'],
    ['gateway.trustedProxies[]', '10.0.0.0/8', 'ConfigMap config', setting('TRUSTED_PROXIES')],
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
