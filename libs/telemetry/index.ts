export { namedBatches } from './named-batches.ts';
export { collectProcessMetrics, type Build } from './process-metrics.ts';
export type { OpenTracing, OtlpSettings } from './tracing/otlp-tracing.ts';
export type { SpanAttributes, TraceParent, TraceSpan, Tracing } from './tracing/tracing.ts';
export { openTracing } from './tracing/open-tracing.ts';
export { fromLevel, jsonLines, readableText, type WriteLine } from './sinks.ts';
export {
  defineEvent,
  defineGauge,
  Telemetry,
  type LogLevel,
  type LogLine,
  type LogSink,
  type MetricEffect,
  type ObservedGauge,
  type Reading,
  type Sample,
  type TelemetryEvent,
} from './telemetry.ts';
