import type { Manifest } from '../runtime/kube-object.ts';
import {
  AMQP_PORT,
  bundledBackends,
  MEILISEARCH_PORT,
  POSTGRES_PORT,
  RABBITMQ_METRICS_PORT,
  type Backend,
} from './backends/bundled.ts';
import type { Component, SpecContext } from './context.ts';
import { child, childName, PIPELINE_LABEL, selectorLabels } from './labels.ts';
import { GATEWAY_PORT, INGEST_PORT, OPERATIONS_PORT } from './settings.ts';

/** Everybody in the cluster: Prometheus and the operator, whose namespaces are not known here. */
const CLUSTER = [{ namespaceSelector: {} }];

interface Opening {
  readonly port: number;
  /** Absent: from anywhere. */
  readonly from?: readonly object[];
}

/** Who may reach which pods. What pods themselves may reach is not restricted: backends may be anywhere. */
export function networkPolicies(context: SpecContext): readonly Manifest[] {
  const { pipeline } = context;
  if (pipeline.spec.networkPolicy.mode === 'Disabled') return [];
  const own = [{ podSelector: { matchLabels: { [PIPELINE_LABEL]: pipeline.name } } }];
  const backends: Readonly<Record<Backend, readonly Opening[]>> = {
    postgres: [{ port: POSTGRES_PORT, from: own }],
    rabbitmq: [
      { port: AMQP_PORT, from: own },
      { port: RABBITMQ_METRICS_PORT, from: CLUSTER },
    ],
    meilisearch: [{ port: MEILISEARCH_PORT, from: own }],
  };
  return [
    policy(context, 'ingest', [{ port: INGEST_PORT }]),
    policy(context, 'gateway', [{ port: GATEWAY_PORT }]),
    policy(context, 'writer', [{ port: OPERATIONS_PORT, from: CLUSTER }]),
    policy(context, 'keeper', [{ port: OPERATIONS_PORT, from: CLUSTER }]),
    ...bundledBackends(pipeline).map((backend) => policy(context, backend, backends[backend])),
  ];
}

function policy(
  { pipeline }: SpecContext,
  component: Component,
  openings: readonly Opening[],
): Manifest {
  return child(pipeline, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    name: childName(pipeline, component),
    component,
    body: {
      spec: {
        podSelector: { matchLabels: selectorLabels(pipeline, component) },
        policyTypes: ['Ingress'],
        ingress: openings.map(({ port, from }) => ({
          ports: [{ port, protocol: 'TCP' }],
          ...(from !== undefined && { from }),
        })),
      },
    },
  });
}
