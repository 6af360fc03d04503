import type { Manifest } from '../runtime/kube-object.ts';
import { SERVICE_MONITORS } from '../runtime/kinds.ts';
import type { SpecContext } from './context.ts';
import { child, PIPELINE_LABEL } from './labels.ts';
import { METRICS_LABEL } from './services.ts';

export const PROMETHEUS_OPERATOR_API = 'monitoring.coreos.com';

/** One ServiceMonitor over all Services of the pipeline that tell metrics. */
export function serviceMonitor({ pipeline, apiGroups }: SpecContext): readonly Manifest[] {
  const { serviceMonitor: mode, labels } = pipeline.spec.monitoring;
  if (mode === 'Disabled' || !apiGroups.has(PROMETHEUS_OPERATOR_API)) return [];
  const manifest = child(pipeline, {
    apiVersion: SERVICE_MONITORS.apiVersion,
    kind: SERVICE_MONITORS.kind,
    name: pipeline.name,
    ...(labels !== undefined && { labels }),
    body: {
      spec: {
        selector: {
          matchLabels: { [PIPELINE_LABEL]: pipeline.name, [METRICS_LABEL]: 'true' },
        },
        // Of each Service the one that it has.
        endpoints: ['http', 'metrics'].map((port) => ({ port, path: '/metrics' })),
      },
    },
  });
  return [manifest];
}
