import type { Manifest } from '../runtime/kube-object.ts';
import { SERVICE_MONITORS } from '../runtime/kinds.ts';
import type { SpecContext } from './context.ts';
import { HTTP, HTTPS } from './https.ts';
import { child, PIPELINE_LABEL } from './labels.ts';
import { METRICS_LABEL } from './services.ts';

export const PROMETHEUS_OPERATOR_API = 'monitoring.coreos.com';

/** Pods are scraped by their addresses, which certificates for host names do not hold. */
const HTTPS_ENDPOINT = {
  port: HTTPS,
  path: '/metrics',
  scheme: 'https',
  tlsConfig: { insecureSkipVerify: true },
};

/** One ServiceMonitor over all Services of the pipeline that tell metrics. */
export function serviceMonitor({ pipeline, apiGroups }: SpecContext): readonly Manifest[] {
  const { ingest, gateway, monitoring } = pipeline.spec;
  const { serviceMonitor: mode, labels } = monitoring;
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
        endpoints: [
          ...[HTTP, 'metrics'].map((port) => ({ port, path: '/metrics' })),
          ...(ingest.tls === undefined && gateway.tls === undefined ? [] : [HTTPS_ENDPOINT]),
        ],
      },
    },
  });
  return [manifest];
}
