import { API_VERSION, KIND, PLURAL } from '#pipeline';

/** A kind of object and where it is in the API. */
export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
}

const kind = (apiVersion: string, name: string, plural: string): Kind => ({
  apiVersion,
  kind: name,
  plural,
});

export const PIPELINES = kind(API_VERSION, KIND, PLURAL);
export const DEPLOYMENTS = kind('apps/v1', 'Deployment', 'deployments');
export const STATEFUL_SETS = kind('apps/v1', 'StatefulSet', 'statefulsets');
export const SERVICES = kind('v1', 'Service', 'services');
export const CONFIG_MAPS = kind('v1', 'ConfigMap', 'configmaps');
export const SERVICE_ACCOUNTS = kind('v1', 'ServiceAccount', 'serviceaccounts');
export const SECRETS = kind('v1', 'Secret', 'secrets');
export const VOLUME_CLAIMS = kind('v1', 'PersistentVolumeClaim', 'persistentvolumeclaims');
export const JOBS = kind('batch/v1', 'Job', 'jobs');
export const DISRUPTION_BUDGETS = kind('policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets');
export const NETWORK_POLICIES = kind('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies');
export const INGRESSES = kind('networking.k8s.io/v1', 'Ingress', 'ingresses');
export const POD_AUTOSCALERS = kind(
  'autoscaling/v2',
  'HorizontalPodAutoscaler',
  'horizontalpodautoscalers',
);
export const LEASES = kind('coordination.k8s.io/v1', 'Lease', 'leases');
export const EVENTS = kind('events.k8s.io/v1', 'Event', 'events');

/** Kinds of other projects, used where their API exists. */
export const HTTP_ROUTES = kind('gateway.networking.k8s.io/v1', 'HTTPRoute', 'httproutes');
export const SERVICE_MONITORS = kind(
  'monitoring.coreos.com/v1',
  'ServiceMonitor',
  'servicemonitors',
);
export const SCALED_OBJECTS = kind('keda.sh/v1alpha1', 'ScaledObject', 'scaledobjects');
export const TRIGGER_AUTHENTICATIONS = kind(
  'keda.sh/v1alpha1',
  'TriggerAuthentication',
  'triggerauthentications',
);
export const POSTGRES_CLUSTERS = kind('postgresql.cnpg.io/v1', 'Cluster', 'clusters');
export const RABBITMQ_CLUSTERS = kind(
  'rabbitmq.com/v1beta1',
  'RabbitmqCluster',
  'rabbitmqclusters',
);

/** Children of a pipeline that every cluster knows; the order in which they are made. */
export const CORE_CHILDREN: readonly Kind[] = [
  SERVICE_ACCOUNTS,
  CONFIG_MAPS,
  SERVICES,
  NETWORK_POLICIES,
  STATEFUL_SETS,
  JOBS,
  DEPLOYMENTS,
  DISRUPTION_BUDGETS,
  POD_AUTOSCALERS,
  INGRESSES,
];

/** Children whose API may be missing. */
export const OPTIONAL_CHILDREN: readonly Kind[] = [
  HTTP_ROUTES,
  SERVICE_MONITORS,
  TRIGGER_AUTHENTICATIONS,
  SCALED_OBJECTS,
];

/** The path of all objects of a kind, of one namespace or (null) of all. */
export function collectionPath({ apiVersion, plural }: Kind, namespace: string | null): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return namespace === null ? `${root}/${plural}` : `${root}/namespaces/${namespace}/${plural}`;
}

export function objectPath(of: Kind, namespace: string, name: string): string {
  return `${collectionPath(of, namespace)}/${encodeURIComponent(name)}`;
}
