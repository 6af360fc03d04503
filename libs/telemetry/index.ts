export { collectProcessMetrics } from './process-metrics.ts';
export { fromLevel, jsonLines, readableText, type WriteLine } from './sinks.ts';
export {
  defineEvent,
  Telemetry,
  type LogLevel,
  type LogLine,
  type LogSink,
  type MetricEffect,
  type TelemetryEvent,
} from './telemetry.ts';
