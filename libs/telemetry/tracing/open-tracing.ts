import type { Telemetry } from '../telemetry.ts';
import type { OpenTracing, OtlpSettings } from './otlp-tracing.ts';

/** Opens tracing and tells the telemetry of it. A process without it does not load what it is made of. */
export async function openTracing(
  settings: OtlpSettings,
  telemetry: Telemetry,
): Promise<OpenTracing> {
  const { openOtlpTracing } = await import('./otlp-tracing.ts');
  const tracing = openOtlpTracing(settings, telemetry);
  telemetry.traceWith(tracing);
  return tracing;
}
