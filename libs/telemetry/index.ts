export {
  defineEvent,
  Telemetry,
  type LogLevel,
  type LogSink,
  type MetricEffect,
  type TelemetryEvent,
} from './telemetry.ts';
