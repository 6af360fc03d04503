import type { Manifest } from '../runtime/kube-object.ts';
import type { Component, SpecContext } from './context.ts';
import { child, childName, selectorLabels } from './labels.ts';

/** Budgets for what may have several pods: a drained node takes one at a time. One pod alone is never held. */
export function disruptionBudgets(context: SpecContext): readonly Manifest[] {
  const { ingest, gateway, writer } = context.pipeline.spec;
  const most = {
    ingest: ingest.autoscaling?.maxReplicas ?? ingest.replicas,
    gateway: gateway.autoscaling?.maxReplicas ?? gateway.replicas,
    writer: writer.scaling.engine === 'None' ? writer.replicas : writer.scaling.maxReplicas,
  };
  return (['ingest', 'gateway', 'writer'] as const)
    .filter((component) => most[component] > 1)
    .map((component) => budget(context, component));
}

function budget({ pipeline }: SpecContext, component: Component): Manifest {
  return child(pipeline, {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    name: childName(pipeline, component),
    component,
    body: {
      spec: {
        maxUnavailable: 1,
        // A pod that is not ready serves nobody, and must not keep a node from being drained.
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
        selector: { matchLabels: selectorLabels(pipeline, component) },
      },
    },
  });
}

/** Autoscalers on CPU for ingest and gateway, where they are asked for. */
export function podAutoscalers(context: SpecContext): readonly Manifest[] {
  const { pipeline } = context;
  return (['ingest', 'gateway'] as const).flatMap((component) => {
    const { autoscaling } = pipeline.spec[component];
    if (autoscaling === undefined) return [];
    const isSet = component === 'ingest' && pipeline.spec.ingest.spool !== undefined;
    return child(pipeline, {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      name: childName(pipeline, component),
      component,
      body: {
        spec: {
          scaleTargetRef: {
            apiVersion: 'apps/v1',
            kind: isSet ? 'StatefulSet' : 'Deployment',
            name: childName(pipeline, component),
          },
          minReplicas: autoscaling.minReplicas,
          maxReplicas: autoscaling.maxReplicas,
          metrics: [
            {
              type: 'Resource',
              resource: {
                name: 'cpu',
                target: { type: 'Utilization', averageUtilization: autoscaling.targetCpuPercent },
              },
            },
          ],
        },
      },
    });
  });
}
