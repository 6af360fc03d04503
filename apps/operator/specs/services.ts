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
import { HTTPS, webPort } from './https.ts';
import { child, childName, selectorLabels } from './labels.ts';
import { OPERATIONS_PORT } from './settings.ts';

/** Label of the Services whose pods tell metrics. */
export const METRICS_LABEL = 'penstock.dev/metrics';

const BACKEND_PORTS: Readonly<Record<Backend, Readonly<Record<string, number>>>> = {
  postgres: { postgres: POSTGRES_PORT },
  rabbitmq: { amqp: AMQP_PORT, metrics: RABBITMQ_METRICS_PORT },
  meilisearch: { http: MEILISEARCH_PORT },
};

interface ServiceDraft {
  readonly name: string;
  readonly component: Component;
  readonly ports: Readonly<Record<string, number>>;
  readonly type?: string;
  /** Without an address of its own: its name stands for the pods. */
  readonly headless?: boolean;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly hasMetrics?: boolean;
}

export function services(context: SpecContext): readonly Manifest[] {
  const { pipeline } = context;
  const drafts: readonly ServiceDraft[] = [
    ...(['ingest', 'gateway'] as const).map((component) => {
      const { type, annotations } = pipeline.spec[component].service;
      const port = webPort(pipeline, component);
      return {
        name: component,
        component,
        ports: { [port.name]: port.number },
        type,
        ...(annotations !== undefined && { annotations }),
        hasMetrics: true,
      };
    }),
    ...(['writer', 'keeper'] as const).map((component) => ({
      name: `${component}-metrics`,
      component,
      ports: { metrics: OPERATIONS_PORT },
      headless: true,
      hasMetrics: true,
    })),
    ...bundledBackends(pipeline).map((backend) => ({
      name: backend,
      component: backend,
      ports: BACKEND_PORTS[backend],
      headless: true,
      hasMetrics: backend === 'rabbitmq',
    })),
  ];
  return drafts.map((draft) => service(context, draft));
}

function service({ pipeline }: SpecContext, draft: ServiceDraft): Manifest {
  const { name, component, ports, headless = false, annotations, hasMetrics = false } = draft;
  return child(pipeline, {
    apiVersion: 'v1',
    kind: 'Service',
    name: childName(pipeline, name),
    component,
    ...(annotations !== undefined && { annotations }),
    ...(hasMetrics && { labels: { [METRICS_LABEL]: 'true' } }),
    body: {
      spec: {
        type: draft.type ?? 'ClusterIP',
        ...(headless && { clusterIP: 'None' }),
        selector: selectorLabels(pipeline, component),
        ports: Object.entries(ports).map(([port, number]) => ({
          name: port,
          port: number,
          targetPort: port,
          protocol: 'TCP',
          // By it some Ingress controllers and meshes know how to speak to the pods.
          ...(port === HTTPS && { appProtocol: HTTPS }),
        })),
      },
    },
  });
}
