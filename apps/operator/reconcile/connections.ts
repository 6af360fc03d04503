import type { LogPipeline } from '#pipeline';
import type { Endpoint } from '../metrics/read-metrics.ts';
import type { KubeApi } from '../runtime/kube-api.ts';
import { POSTGRES_CLUSTERS, RABBITMQ_CLUSTERS } from '../runtime/kinds.ts';
import {
  bundledBackends,
  MEILISEARCH_PORT,
  POSTGRES_CONNECTIONS,
  RABBITMQ_METRICS_PORT,
  type Backend,
} from '../specs/backends/bundled.ts';
import type { Connections, SecretValue } from '../specs/context.ts';
import { fingerprint } from '../specs/fingerprint.ts';
import { childName } from '../specs/labels.ts';
import { ensureBundledSecret } from './bundled-secrets.ts';
import { readObject, readSecret, type Secret } from './read-objects.ts';

/** How to learn whether a backend can be reached. */
export type Reach =
  /** From its StatefulSet. */
  | { readonly kind: 'bundled' }
  /** Another operator says it. */
  | { readonly kind: 'told'; readonly ready: boolean; readonly message: string }
  /** By dialling what the Secret names. */
  | { readonly kind: 'dial'; readonly host: string; readonly port: number };

/** What is missing, as a reason and a sentence. */
export interface Missing {
  readonly reason: 'MissingSecret' | 'MissingKey' | 'MissingCluster' | 'InvalidUri' | 'SecretLost';
  readonly message: string;
}

export interface Reaches {
  readonly postgres: Reach | Missing;
  readonly rabbitmq: Reach | Missing;
  /** Null: the pipeline has no index. */
  readonly meilisearch: Reach | Missing | null;
}

export interface ResolvedBackends {
  /** Null while something is missing. */
  readonly connections: Connections | null;
  readonly reaches: Reaches;
  /** Where the figures of the queue come from; null where an external broker's endpoint is not named. */
  readonly metrics: Endpoint | null;
  /** Connections that Postgres allows, as far as that is known. */
  readonly postgresConnections: number | null;
}

interface Found {
  readonly value: SecretValue;
  readonly reach: Reach;
}

type Lookup = Found | Missing;

const CONTAINED_PORTS: Readonly<Record<string, number>> = {
  'postgres:': 5_432,
  'postgresql:': 5_432,
  'amqp:': 5_672,
  'amqps:': 5_671,
  'http:': 80,
  'https:': 443,
};
/** Of a CloudNativePG Cluster and of any Postgres that says nothing else. */
const DEFAULT_CONNECTIONS = 100;

/** Follows the references of a pipeline to Secrets and other operators' resources; makes what bundled backends need. */
export async function resolveBackends(
  api: KubeApi,
  pipeline: LogPipeline,
): Promise<ResolvedBackends> {
  const bundled = new Set(bundledBackends(pipeline));
  const [postgres, rabbitmq, meilisearch, ca, metrics] = await Promise.all([
    bundled.has('postgres')
      ? bundledValue(api, pipeline, 'postgres', 'uri')
      : externalPostgres(api, pipeline),
    bundled.has('rabbitmq')
      ? bundledValue(api, pipeline, 'rabbitmq', 'uri')
      : externalRabbitmq(api, pipeline),
    meilisearchOf(api, pipeline, bundled),
    certificates(api, pipeline),
    metricsSource(api, pipeline, bundled),
  ]);
  const reaches = {
    postgres: isMissing(postgres) ? postgres : postgres.reach,
    rabbitmq: firstMissing(rabbitmq, ca) ?? (rabbitmq as Found).reach,
    meilisearch: meilisearch === null || isMissing(meilisearch) ? meilisearch : meilisearch.reach,
  };
  return {
    connections: connectionsOf(postgres, rabbitmq, meilisearch, ca),
    reaches,
    metrics,
    postgresConnections: await connectionLimit(api, pipeline, bundled),
  };
}

function connectionsOf(
  postgres: Lookup,
  rabbitmq: Lookup,
  meilisearch: (Found & { readonly url: string }) | Missing | null,
  ca: Lookup | null,
): Connections | null {
  if (isMissing(postgres) || isMissing(rabbitmq)) return null;
  if (meilisearch !== null && isMissing(meilisearch)) return null;
  if (ca !== null && isMissing(ca)) return null;
  return {
    postgres: postgres.value,
    rabbitmq: { ...rabbitmq.value, ca: ca?.value ?? null },
    meilisearch: meilisearch && { url: meilisearch.url, apiKey: meilisearch.value },
  };
}

export function isMissing(value: object): value is Missing {
  return 'reason' in value;
}

function firstMissing(...lookups: readonly (Lookup | null)[]): Missing | null {
  return lookups.find((lookup) => lookup !== null && isMissing(lookup)) as Missing | null;
}

async function bundledValue(
  api: KubeApi,
  pipeline: LogPipeline,
  backend: Backend,
  key: string,
): Promise<Lookup> {
  const ensured = await ensureBundledSecret(api, pipeline, backend);
  if (ensured.kind === 'lost') return { reason: 'SecretLost', message: ensured.message };
  return valueOf(ensured.secret, key, () => ({ kind: 'bundled' }));
}

/** A key of a Secret, with how to reach what its URL names. */
async function uriValue(
  api: KubeApi,
  { namespace }: LogPipeline,
  { name, key }: { readonly name: string; readonly key: string },
  field: string,
): Promise<Lookup> {
  const secret = await readSecret(api, namespace, name);
  if (secret === null)
    return {
      reason: 'MissingSecret',
      message: `${field} names the Secret ${name}, which does not exist`,
    };
  return valueOf(secret, key, (uri) => dial(uri, `key ${key} of Secret ${name}`));
}

function valueOf(
  { object, values }: Secret,
  key: string,
  reachOf: (value: string) => Reach | Missing,
): Lookup {
  const { name } = object.metadata;
  const value = values[key];
  if (value === undefined || value.trim() === '')
    return { reason: 'MissingKey', message: `Secret ${name} has no key ${key}` };
  const reach = reachOf(value.trim());
  if (isMissing(reach)) return reach;
  return {
    value: { secret: name, key, version: fingerprint([object.metadata.uid, value]) },
    reach,
  };
}

function dial(uri: string, where: string): Reach | Missing {
  const url = URL.parse(uri);
  const standard = url === null ? undefined : CONTAINED_PORTS[url.protocol];
  if (url === null || standard === undefined || url.hostname === '')
    return { reason: 'InvalidUri', message: `${where} is not a URL with a scheme and a host` };
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { kind: 'dial', host, port: url.port === '' ? standard : Number(url.port) };
}

async function externalPostgres(api: KubeApi, pipeline: LogPipeline): Promise<Lookup> {
  const { uriSecretRef, clusterRef } = pipeline.spec.postgres;
  if (uriSecretRef !== undefined)
    return await uriValue(api, pipeline, uriSecretRef, 'spec.postgres.uriSecretRef');
  const name = clusterRef?.name ?? '';
  const cluster = await readObject(api, POSTGRES_CLUSTERS, pipeline.namespace, name);
  if (cluster === null)
    return missingCluster('spec.postgres.clusterRef', 'CloudNativePG Cluster', name);
  const found = await uriValue(
    api,
    pipeline,
    { name: `${name}-app`, key: 'uri' },
    'the CloudNativePG Cluster',
  );
  const ready = statusNumber(cluster['status'], 'readyInstances');
  const message = `Cluster ${name} has ${ready} ready instances`;
  return isMissing(found)
    ? found
    : { ...found, reach: { kind: 'told', ready: ready > 0, message } };
}

interface RabbitmqClusterStatus {
  readonly defaultUser?: {
    readonly secretReference?: { readonly name?: string };
    readonly serviceReference?: { readonly name?: string };
  };
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
}

async function externalRabbitmq(api: KubeApi, pipeline: LogPipeline): Promise<Lookup> {
  const { uriSecretRef, clusterRef } = pipeline.spec.rabbitmq;
  return uriSecretRef === undefined
    ? await rabbitmqCluster(api, pipeline, clusterRef?.name ?? '')
    : await uriValue(api, pipeline, uriSecretRef, 'spec.rabbitmq.uriSecretRef');
}

async function rabbitmqCluster(api: KubeApi, pipeline: LogPipeline, name: string): Promise<Lookup> {
  const cluster = await readObject(api, RABBITMQ_CLUSTERS, pipeline.namespace, name);
  if (cluster === null) return missingCluster('spec.rabbitmq.clusterRef', 'RabbitmqCluster', name);
  const { defaultUser, conditions = [] } = (cluster['status'] ?? {}) as RabbitmqClusterStatus;
  const found = await uriValue(
    api,
    pipeline,
    {
      name: defaultUser?.secretReference?.name ?? `${name}-default-user`,
      key: 'connection_string',
    },
    'the RabbitmqCluster',
  );
  if (isMissing(found)) return found;
  const ready = conditions.some(
    ({ type, status }) => type === 'ClusterAvailable' && status === 'True',
  );
  const message = `RabbitmqCluster ${name} is ${ready ? '' : 'not '}available`;
  return { ...found, reach: { kind: 'told', ready, message } };
}

async function meilisearchOf(
  api: KubeApi,
  pipeline: LogPipeline,
  bundled: ReadonlySet<Backend>,
): Promise<(Found & { readonly url: string }) | Missing | null> {
  const { enabled, url, apiKeySecretRef } = pipeline.spec.meilisearch;
  if (!enabled) return null;
  if (bundled.has('meilisearch') || url === undefined || apiKeySecretRef === undefined) {
    const own = await bundledValue(api, pipeline, 'meilisearch', 'apiKey');
    const service = `${childName(pipeline, 'meilisearch')}.${pipeline.namespace}.svc`;
    return isMissing(own) ? own : { ...own, url: `http://${service}:${MEILISEARCH_PORT}` };
  }
  const { name, key } = apiKeySecretRef;
  const secret = await readSecret(api, pipeline.namespace, name);
  if (secret === null)
    return {
      reason: 'MissingSecret',
      message: `spec.meilisearch.apiKeySecretRef names the Secret ${name}, which does not exist`,
    };
  const found = valueOf(secret, key, () => dial(url, 'spec.meilisearch.url'));
  return isMissing(found) ? found : { ...found, url };
}

async function certificates(api: KubeApi, pipeline: LogPipeline): Promise<Lookup | null> {
  const { caSecretRef } = pipeline.spec.rabbitmq;
  if (caSecretRef === undefined) return null;
  const { name, key } = caSecretRef;
  const secret = await readSecret(api, pipeline.namespace, name);
  if (secret === null)
    return {
      reason: 'MissingSecret',
      message: `spec.rabbitmq.caSecretRef names the Secret ${name}, which does not exist`,
    };
  return valueOf(secret, key, () => ({ kind: 'bundled' }));
}

async function metricsSource(
  api: KubeApi,
  pipeline: LogPipeline,
  bundled: ReadonlySet<Backend>,
): Promise<Endpoint | null> {
  const { metricsUrl, metricsSecretRef, clusterRef } = pipeline.spec.rabbitmq;
  const { prefix } = pipeline.spec.queue;
  const within = (service: string): Endpoint => ({
    url: `http://${service}.${pipeline.namespace}.svc:${RABBITMQ_METRICS_PORT}`,
    authorization: null,
    prefix,
  });
  if (metricsUrl !== undefined) {
    const secret =
      metricsSecretRef && (await readSecret(api, pipeline.namespace, metricsSecretRef.name));
    const { username = '', password = '' } = secret?.values ?? {};
    const basic = Buffer.from(`${username}:${password}`).toString('base64');
    return { url: metricsUrl, authorization: secret ? `Basic ${basic}` : null, prefix };
  }
  if (bundled.has('rabbitmq')) return within(childName(pipeline, 'rabbitmq'));
  return clusterRef === undefined ? null : within(clusterRef.name);
}

async function connectionLimit(
  api: KubeApi,
  pipeline: LogPipeline,
  bundled: ReadonlySet<Backend>,
): Promise<number | null> {
  const { maxConnections, clusterRef } = pipeline.spec.postgres;
  if (maxConnections !== undefined) return maxConnections;
  if (bundled.has('postgres')) return POSTGRES_CONNECTIONS;
  if (clusterRef === undefined) return DEFAULT_CONNECTIONS;
  const cluster = await readObject(api, POSTGRES_CLUSTERS, pipeline.namespace, clusterRef.name);
  const spec = cluster?.['spec'] as
    | { readonly postgresql?: { readonly parameters?: Readonly<Record<string, string>> } }
    | undefined;
  const told = Number(spec?.postgresql?.parameters?.['max_connections']);
  return Number.isInteger(told) ? told : DEFAULT_CONNECTIONS;
}

function missingCluster(field: string, kind: string, name: string): Missing {
  return {
    reason: 'MissingCluster',
    message: `${field} names the ${kind} ${name}, which does not exist`,
  };
}

function statusNumber(status: unknown, member: string): number {
  const value = (status as Readonly<Record<string, unknown>> | undefined)?.[member];
  return typeof value === 'number' ? value : 0;
}
