import { PROCESS_NAMES, SETTINGS, type ProcessName } from '#config';
import { quantityValue, type LogPipeline, type LogPipelineSpec } from '#pipeline';
import type { Component, SpecContext } from './context.ts';
import { childName } from './labels.ts';
import { oidcSettings } from './oidc-settings.ts';

export const INGEST_PORT = 3_000;
export const GATEWAY_PORT = 3_001;
export const OPERATIONS_PORT = 9_090;
export const SPOOL_FOLDER = '/var/spool/penstock';
export const RABBITMQ_CA_FOLDER = '/etc/penstock/rabbitmq';

export const COLUMNAR_FOLDER = '/var/cache/penstock';

/** Of a volume for a spool or for copies, so much is used: the file system needs some itself. */
const VOLUME_SHARE = 0.9;

const ENCRYPTION = { None: 'none', AES256: 'AES256', KMS: 'aws:kms' } as const;

/** Settings of the pods that are no secret, by their environment variables. */
export function settingsOfPods(context: SpecContext): Readonly<Record<string, string>> {
  const { pipeline, connections } = context;
  const { spec } = pipeline;
  const { rules, default: keep } = spec.retention;
  const spool = spec.ingest.spool;
  return {
    HTTP_HOST: '0.0.0.0',
    HTTP_PORT: String(INGEST_PORT),
    GATEWAY_PORT: String(GATEWAY_PORT),
    OPERATIONS_PORT: String(OPERATIONS_PORT),
    HTTP_ALLOWED_HOSTS: allowedHosts(pipeline).join(','),
    LOG_FORMAT: 'json',
    INGEST_AUTH: spec.ingest.auth === 'On' ? 'required' : 'off',
    AUTH: spec.gateway.auth.toLowerCase(),
    TRUSTED_PROXIES: spec.gateway.trustedProxies.join(','),
    ...oidcSettings(spec.gateway),
    RABBITMQ_PREFIX: spec.queue.prefix,
    RABBITMQ_SHARDS: String(spec.queue.shards),
    RABBITMQ_QUEUE_BYTES: String(Math.floor(quantityValue(spec.queue.maxBytes))),
    STORE_PARTITION: spec.store.partition.toLowerCase(),
    ...(keep !== undefined && { RETENTION_DEFAULT: keep }),
    ...(rules.length > 0 && {
      RETENTION: rules.map(({ match, keep: time }) => `${match}=${time}`).join('; '),
    }),
    ...(connections.meilisearch !== null && indexSettings(connections.meilisearch.url, spec)),
    ...archiveSettings(pipeline),
    ...(connections.rabbitmq.ca !== null && {
      RABBITMQ_CA_FILE: `${RABBITMQ_CA_FOLDER}/${connections.rabbitmq.ca.key}`,
    }),
    ...(spool !== undefined && {
      SPOOL_FOLDER,
      SPOOL_MAX_BYTES: String(Math.floor(quantityValue(spool.storage.size) * VOLUME_SHARE)),
    }),
  };
}

function archiveSettings({ name, namespace, spec }: LogPipeline): Readonly<Record<string, string>> {
  const { archive, postgres } = spec;
  if (archive === undefined) return {};
  const { prefix, endpoint, pathStyle, kmsKeyId } = archive;
  return {
    S3_BUCKET: archive.bucket,
    S3_PREFIX: prefix ?? `${namespace}/${name}/`,
    S3_REGION: archive.region,
    S3_ENCRYPTION: ENCRYPTION[archive.encryption],
    ...(endpoint !== undefined && { S3_ENDPOINT: endpoint }),
    ...(pathStyle !== undefined && { S3_PATH_STYLE: String(pathStyle) }),
    ...(kmsKeyId !== undefined && { S3_KMS_KEY_ID: kmsKeyId }),
    COLUMNAR_AFTER: archive.after,
    ...(archive.retention !== undefined && { COLUMNAR_RETENTION: archive.retention }),
    COLUMNAR_CACHE_FOLDER: COLUMNAR_FOLDER,
    COLUMNAR_CACHE_BYTES: String(Math.floor(quantityValue(archive.cacheSize) * VOLUME_SHARE)),
    POSTGRES_KEEP: postgres.keep,
  };
}

function indexSettings(
  url: string,
  { meilisearch: { index } }: LogPipelineSpec,
): Readonly<Record<string, string>> {
  return {
    MEILI_URL: url,
    INDEX_PREFIX: index.prefix,
    INDEX_MAX_LAG: index.maxLag,
    ...(index.match !== undefined && { INDEX_MATCH: index.match }),
    ...(index.keep !== undefined && { INDEX_KEEP: index.keep }),
  };
}

/** Host names that requests may name: those of the Services, and what the pipeline adds. */
function allowedHosts({ name, namespace, spec }: LogPipeline): readonly string[] {
  const services = ['ingest', 'gateway'].flatMap((part) => {
    const service = childName({ name }, part);
    const within = `${service}.${namespace}`;
    return [service, within, `${within}.svc`, `${within}.svc.cluster.local`];
  });
  const { gateway, ingest } = spec;
  const routed = [
    ...(gateway.ingress ? [gateway.ingress.host] : []),
    ...(gateway.httpRoute?.hostnames ?? []),
  ];
  return [...new Set([...services, ...ingest.hosts, ...gateway.hosts, ...routed])];
}

/** Environment variables that a process reads. A component that is no process of ours reads none. */
export function namesReadBy(component: Component): ReadonlySet<string> {
  const process = PROCESS_NAMES.find((name) => name === component);
  const names = Object.values(SETTINGS)
    .filter(
      ({ usedBy }) => process !== undefined && (usedBy as readonly ProcessName[]).includes(process),
    )
    .map(({ name }) => name);
  return new Set(names);
}
