import type { LogPipeline } from '#pipeline';
import type { MetricsSource } from '../metrics/metrics-source.ts';
import type { KubeApi } from '../runtime/kube-api.ts';
import {
  bundledBackends,
  MEILISEARCH_PORT,
  POSTGRES_CONNECTIONS,
  RABBITMQ_METRICS_PORT,
  type Backend,
} from '../specs/backends/bundled.ts';
import type { Connections } from '../specs/context.ts';
import { childName } from '../specs/labels.ts';
import { OPERATIONS_PORT } from '../specs/settings.ts';
import {
  bundled,
  dialled,
  placeOf,
  reachOfUrl,
  withReach,
  type BackendLookup,
  type Reach,
} from './backend-lookup.ts';
import { archiveOf, type ArchiveLookup } from './archive-lookup.ts';
import { ensureBundledSecret } from './bundled-secrets.ts';
import { DEFAULT_CONNECTIONS, postgresCluster, rabbitmqCluster } from './operated-backends.ts';
import { readSecret } from './read-objects.ts';
import type { BackendPlaces } from './shared-names.ts';
import {
  isMissing,
  missingSecret,
  referencedValue,
  valueIn,
  type FoundValue,
  type Missing,
} from './secret-values.ts';

interface Reaches {
  readonly postgres: Reach | Missing;
  readonly rabbitmq: Reach | Missing;
  /** Null: the pipeline has no index. */
  readonly meilisearch: Reach | Missing | null;
  /** Null: the pipeline has no archive. */
  readonly archive: Reach | Missing | null;
}

export interface ResolvedBackends {
  /** Null while something is missing. */
  readonly connections: Connections | null;
  readonly reaches: Reaches;
  readonly places: BackendPlaces;
  /** Where the figures of the queue come from. */
  readonly metrics: MetricsSource | Missing;
  /** Connections that Postgres allows. */
  readonly postgresConnections: number;
}

interface Lookups {
  readonly postgres: BackendLookup;
  readonly rabbitmq: BackendLookup;
  /** Certificates to check the broker by; null for the known ones. */
  readonly ca: FoundValue | Missing | null;
  /** Null: the pipeline has no index. */
  readonly meilisearch: { readonly url: string; readonly lookup: BackendLookup } | null;
  /** Null: the pipeline has no archive. */
  readonly archive: ArchiveLookup | Missing | null;
}

/** Follows the references of a pipeline to Secrets and other operators' resources; makes what bundled backends need. */
export async function resolveBackends(
  api: KubeApi,
  pipeline: LogPipeline,
): Promise<ResolvedBackends> {
  const [{ lookup: postgres, connections }, rabbitmq, ca, meilisearch, archive, metrics] =
    await Promise.all([
      postgresOf(api, pipeline),
      rabbitmqOf(api, pipeline),
      certificates(api, pipeline),
      meilisearchOf(api, pipeline),
      archiveOf(api, pipeline),
      metricsSource(api, pipeline),
    ]);
  const lookups = { postgres, rabbitmq, ca, meilisearch, archive };
  return {
    connections: connectionsOf(lookups),
    reaches: reachesOf(lookups),
    places: {
      postgres: placeIn(postgres),
      rabbitmq: placeIn(rabbitmq),
      meilisearch: meilisearch === null ? null : placeIn(meilisearch.lookup),
    },
    metrics,
    postgresConnections: pipeline.spec.postgres.maxConnections ?? connections,
  };
}

function connectionsOf(lookups: Lookups): Connections | null {
  const { postgres, archive } = lookups;
  const rabbitmq = brokerOf(lookups);
  const meilisearch = indexOf(lookups);
  if (isMissing(postgres) || isMissing(rabbitmq)) return null;
  if (meilisearch !== null && isMissing(meilisearch)) return null;
  if (archive !== null && isMissing(archive)) return null;
  return { postgres: postgres.value, rabbitmq, meilisearch, archive: archive?.key ?? null };
}

function brokerOf({ rabbitmq, ca }: Lookups): Connections['rabbitmq'] | Missing {
  if (isMissing(rabbitmq)) return rabbitmq;
  if (ca !== null && isMissing(ca)) return ca;
  return { ...rabbitmq.value, ca: ca?.value ?? null };
}

function indexOf({ meilisearch }: Lookups): Connections['meilisearch'] | Missing {
  if (meilisearch === null) return null;
  const { url, lookup } = meilisearch;
  return isMissing(lookup) ? lookup : { url, apiKey: lookup.value };
}

function reachesOf({ postgres, rabbitmq, ca, meilisearch, archive }: Lookups): Reaches {
  return {
    postgres: reachOf(postgres),
    rabbitmq: ca !== null && isMissing(ca) ? ca : reachOf(rabbitmq),
    meilisearch: meilisearch === null ? null : reachOf(meilisearch.lookup),
    archive: archive === null || isMissing(archive) ? archive : archive.reach,
  };
}

function placeIn(lookup: BackendLookup): string | null {
  return isMissing(lookup) ? null : lookup.place;
}

function reachOf(lookup: BackendLookup): Reach | Missing {
  return isMissing(lookup) ? lookup : lookup.reach;
}

async function bundledBackend(
  api: KubeApi,
  pipeline: LogPipeline,
  backend: Backend,
  key: string,
): Promise<BackendLookup> {
  const ensured = await ensureBundledSecret(api, pipeline, backend);
  return ensured.kind === 'lost'
    ? { reason: 'SecretLost', message: ensured.message }
    : bundled(valueIn(ensured.secret, key));
}

async function postgresOf(
  api: KubeApi,
  pipeline: LogPipeline,
): Promise<{ readonly lookup: BackendLookup; readonly connections: number }> {
  const { uriSecretRef, clusterRef } = pipeline.spec.postgres;
  if (uriSecretRef !== undefined) {
    const field = 'spec.postgres.uriSecretRef';
    const found = await referencedValue(api, pipeline.namespace, uriSecretRef, field);
    return { lookup: dialled(found), connections: DEFAULT_CONNECTIONS };
  }
  if (clusterRef !== undefined) return await postgresCluster(api, pipeline, clusterRef.name);
  const lookup = await bundledBackend(api, pipeline, 'postgres', 'uri');
  return { lookup, connections: POSTGRES_CONNECTIONS };
}

async function rabbitmqOf(api: KubeApi, pipeline: LogPipeline): Promise<BackendLookup> {
  const { uriSecretRef, clusterRef } = pipeline.spec.rabbitmq;
  if (uriSecretRef !== undefined) {
    const field = 'spec.rabbitmq.uriSecretRef';
    return dialled(await referencedValue(api, pipeline.namespace, uriSecretRef, field));
  }
  return clusterRef === undefined
    ? await bundledBackend(api, pipeline, 'rabbitmq', 'uri')
    : await rabbitmqCluster(api, pipeline, clusterRef.name);
}

async function certificates(
  api: KubeApi,
  { namespace, spec }: LogPipeline,
): Promise<FoundValue | Missing | null> {
  const { caSecretRef } = spec.rabbitmq;
  if (caSecretRef === undefined) return null;
  return await referencedValue(api, namespace, caSecretRef, 'spec.rabbitmq.caSecretRef');
}

async function meilisearchOf(api: KubeApi, pipeline: LogPipeline): Promise<Lookups['meilisearch']> {
  const { enabled, url, apiKeySecretRef } = pipeline.spec.meilisearch;
  if (!enabled) return null;
  if (url === undefined || apiKeySecretRef === undefined) {
    const service = `${childName(pipeline, 'meilisearch')}.${pipeline.namespace}.svc`;
    const lookup = await bundledBackend(api, pipeline, 'meilisearch', 'apiKey');
    return { url: `http://${service}:${MEILISEARCH_PORT}`, lookup };
  }
  const field = 'spec.meilisearch.apiKeySecretRef';
  const found = await referencedValue(api, pipeline.namespace, apiKeySecretRef, field);
  const lookup = withReach(found, () => reachOfUrl(url, 'spec.meilisearch.url'), placeOf(url));
  return { url, lookup };
}

async function metricsSource(
  api: KubeApi,
  pipeline: LogPipeline,
): Promise<MetricsSource | Missing> {
  const { namespace, spec } = pipeline;
  const { metricsUrl: url, clusterRef } = spec.rabbitmq;
  const { prefix } = spec.queue;
  if (url !== undefined) {
    const authorization = await metricsAuthorization(api, pipeline);
    return typeof authorization === 'object' && authorization !== null
      ? authorization
      : { kind: 'broker', url, authorization, prefix };
  }
  const isBundled = bundledBackends(pipeline).includes('rabbitmq');
  const service = isBundled ? childName(pipeline, 'rabbitmq') : clusterRef?.name;
  if (service === undefined) return writersOf(pipeline);
  const own = `http://${service}.${namespace}.svc:${RABBITMQ_METRICS_PORT}`;
  return { kind: 'broker', url: own, authorization: null, prefix };
}

/** By the headless Service of the writers. */
function writersOf(pipeline: LogPipeline): MetricsSource {
  const service = childName(pipeline, 'writer-metrics');
  return { kind: 'writers', host: `${service}.${pipeline.namespace}.svc`, port: OPERATIONS_PORT };
}

/** Of HTTP basic authentication; null where the endpoint wants none. */
async function metricsAuthorization(
  api: KubeApi,
  { namespace, spec }: LogPipeline,
): Promise<string | Missing | null> {
  const { metricsSecretRef } = spec.rabbitmq;
  if (metricsSecretRef === undefined) return null;
  const { name } = metricsSecretRef;
  const secret = await readSecret(api, namespace, name);
  if (secret === null) return missingSecret('spec.rabbitmq.metricsSecretRef', name);
  const parts = ['username', 'password'].map((key) => valueIn(secret, key));
  const lacking = parts.find(isMissing);
  if (lacking !== undefined) return lacking;
  const text = parts.map((part) => (part as FoundValue).text).join(':');
  return `Basic ${Buffer.from(text).toString('base64')}`;
}
