/** A rule of a Role or ClusterRole. */
export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const rule = (
  apiGroups: readonly string[],
  resources: readonly string[],
  verbs: readonly string[],
): PolicyRule => ({ apiGroups, resources, verbs });

/** Watched, applied (patch; the first apply of an object is a create), and removed when they are surplus. */
const CHILD = ['get', 'list', 'watch', 'create', 'patch', 'delete'];

/**
 * All that the operator may do where it looks after pipelines: a Role in one namespace or a ClusterRole. Secrets are
 * read and made by name and never listed.
 */
export const RBAC_RULES: readonly PolicyRule[] = [
  rule(['penstock.dev'], ['logpipelines'], ['get', 'list', 'watch']),
  rule(['penstock.dev'], ['logpipelines/status'], ['patch']),
  // Owner references that block the deletion of their owner need it.
  rule(['penstock.dev'], ['logpipelines/finalizers'], ['update']),
  rule([''], ['services', 'configmaps', 'serviceaccounts'], CHILD),
  rule([''], ['secrets'], ['get', 'create', 'patch']),
  rule([''], ['persistentvolumeclaims'], ['get']),
  rule(['apps'], ['deployments', 'statefulsets'], CHILD),
  rule(['batch'], ['jobs'], CHILD),
  rule(['policy'], ['poddisruptionbudgets'], CHILD),
  rule(['networking.k8s.io'], ['networkpolicies', 'ingresses'], CHILD),
  rule(['autoscaling'], ['horizontalpodautoscalers'], CHILD),
  rule(['gateway.networking.k8s.io'], ['httproutes'], CHILD),
  rule(['monitoring.coreos.com'], ['servicemonitors'], CHILD),
  rule(['keda.sh'], ['scaledobjects', 'triggerauthentications'], CHILD),
  rule(['postgresql.cnpg.io'], ['clusters'], ['get']),
  rule(['rabbitmq.com'], ['rabbitmqclusters'], ['get']),
  rule(['events.k8s.io'], ['events'], ['create']),
];

/** In the namespace of the operator itself, a Role: for the election of a leader. */
export const LEADER_RULES: readonly PolicyRule[] = [
  rule(['coordination.k8s.io'], ['leases'], ['get', 'create', 'patch']),
];
