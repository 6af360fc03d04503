import type { KubernetesObject } from './kubernetes-object.ts';
import { pluralOf } from './kubernetes-object.ts';

/** Names and versions of kinds of other projects; their schemas are not ours to copy, so any field is taken. */
const KINDS: readonly (readonly [group: string, version: string, kind: string])[] = [
  ['gateway.networking.k8s.io', 'v1', 'HTTPRoute'],
  ['monitoring.coreos.com', 'v1', 'ServiceMonitor'],
  ['keda.sh', 'v1alpha1', 'ScaledObject'],
  ['keda.sh', 'v1alpha1', 'TriggerAuthentication'],
  ['postgresql.cnpg.io', 'v1', 'Cluster'],
  ['rabbitmq.com', 'v1beta1', 'RabbitmqCluster'],
];

const OPEN = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

export const FOREIGN_DEFINITIONS: readonly KubernetesObject[] = KINDS.map(
  ([group, version, kind]) => {
    const plural = pluralOf(kind);
    const names = { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` };
    const schema = {
      openAPIV3Schema: { type: 'object', properties: { spec: OPEN, status: OPEN } },
    };
    return {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: {
        name: `${plural}.${group}`,
        // Without it the API server refuses groups of k8s.io that it has not reviewed.
        annotations: { 'api-approved.kubernetes.io': 'unapproved, a stand-in of tests' },
      },
      spec: {
        group,
        scope: 'Namespaced',
        names,
        versions: [{ name: version, served: true, storage: true, schema }],
      },
    };
  },
);
