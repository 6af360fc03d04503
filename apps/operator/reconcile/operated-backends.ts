import type { LogPipeline } from '#pipeline';
import type { KubeApi } from '../runtime/kube-api.ts';
import { POSTGRES_CLUSTERS, RABBITMQ_CLUSTERS } from '../runtime/kinds.ts';
import { told, type BackendLookup } from './backend-lookup.ts';
import { readObject } from './read-objects.ts';
import { referencedValue, type Missing } from './secret-values.ts';

/** Of a CloudNativePG Cluster that says nothing else, and of any Postgres. */
export const DEFAULT_CONNECTIONS = 100;

interface PostgresCluster {
  readonly spec?: {
    readonly postgresql?: { readonly parameters?: Readonly<Record<string, string>> };
  };
  readonly status?: { readonly readyInstances?: number };
}

interface RabbitmqClusterStatus {
  readonly defaultUser?: { readonly secretReference?: { readonly name?: string } };
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
}

/** A Cluster of CloudNativePG, by the Secret that it makes for its application, and the connections that it allows. */
export async function postgresCluster(
  api: KubeApi,
  { namespace }: LogPipeline,
  name: string,
): Promise<{ readonly lookup: BackendLookup; readonly connections: number }> {
  const object = await readObject(api, POSTGRES_CLUSTERS, namespace, name);
  if (object === null)
    return {
      lookup: missingCluster('spec.postgres.clusterRef', 'CloudNativePG Cluster', name),
      connections: DEFAULT_CONNECTIONS,
    };
  const { spec, status } = object as PostgresCluster;
  const ready = status?.readyInstances ?? 0;
  const secret = { name: `${name}-app`, key: 'uri' };
  const found = await referencedValue(api, namespace, secret, 'the CloudNativePG Cluster');
  const limit = Number(spec?.postgresql?.parameters?.['max_connections']);
  return {
    lookup: told(found, ready > 0, `Cluster ${name} has ${ready} ready instances`),
    connections: Number.isInteger(limit) ? limit : DEFAULT_CONNECTIONS,
  };
}

/** A RabbitmqCluster of the RabbitMQ Cluster Operator, by the Secret of its default user. */
export async function rabbitmqCluster(
  api: KubeApi,
  { namespace }: LogPipeline,
  name: string,
): Promise<BackendLookup> {
  const object = await readObject(api, RABBITMQ_CLUSTERS, namespace, name);
  if (object === null) return missingCluster('spec.rabbitmq.clusterRef', 'RabbitmqCluster', name);
  const { defaultUser, conditions = [] } = (object['status'] ?? {}) as RabbitmqClusterStatus;
  const secret = {
    name: defaultUser?.secretReference?.name ?? `${name}-default-user`,
    key: 'connection_string',
  };
  const found = await referencedValue(api, namespace, secret, 'the RabbitmqCluster');
  const ready = conditions.some(
    ({ type, status }) => type === 'ClusterAvailable' && status === 'True',
  );
  return told(found, ready, `RabbitmqCluster ${name} is ${ready ? '' : 'not '}available`);
}

function missingCluster(field: string, kind: string, name: string): Missing {
  return {
    reason: 'MissingCluster',
    message: `${field} names the ${kind} ${name}, which does not exist`,
  };
}
