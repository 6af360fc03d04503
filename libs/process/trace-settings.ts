import type { ProcessName, ProcessSettings } from '#config';
import type { OtlpSettings } from '#telemetry';

export type TraceSettings = Pick<
  ProcessSettings<ProcessName>,
  | 'otelEndpoint'
  | 'otelTracesEndpoint'
  | 'otelHeaders'
  | 'otelTimeoutMs'
  | 'otelServiceName'
  | 'otelResource'
  | 'otelSampler'
  | 'otelSamplerRatio'
  | 'otelDisabled'
>;

/** How traces are recorded and sent, or null where they are not. */
export function traceSettings(
  settings: TraceSettings,
  build: { readonly process: string; readonly version: string },
): OtlpSettings | null {
  const url = settings.otelTracesEndpoint ?? ofBase(settings.otelEndpoint);
  if (settings.otelDisabled || url === null) return null;
  return {
    url,
    headers: settings.otelHeaders,
    timeoutMs: settings.otelTimeoutMs,
    sampler: settings.otelSampler,
    ratio: settings.otelSamplerRatio,
    resource: {
      'service.name': `penstock-${build.process}`,
      'service.version': build.version,
      ...settings.otelResource,
      ...(settings.otelServiceName !== null && { 'service.name': settings.otelServiceName }),
    },
  };
}

/** https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp */
function ofBase(endpoint: string | null): string | null {
  return endpoint === null ? null : `${endpoint.replace(/\/$/, '')}/v1/traces`;
}
