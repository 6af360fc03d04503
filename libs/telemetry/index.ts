export { namedBatches } from './named-batches.ts';
export { collectProcessMetrics, type Build } from './process-metrics.ts';
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
