import { SAMPLERS } from './otel-samplers.ts';
import { optional, setting } from './definition.ts';
import { keyValues, share } from './otel-setting-types.ts';
import { PROCESS_NAMES } from './process-name.ts';
import { boolean, integer, oneOf, text, url } from './setting-type.ts';

/** Tracing, by the variables that OpenTelemetry specifies; off unless an endpoint is named. */
export const OTEL_SETTINGS = {
  otelEndpoint: optional({
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    usedBy: PROCESS_NAMES,
    type: url('http', 'https'),
    description:
      'Collector of traces (OTLP over HTTP, JSON), to whose URL `/v1/traces` is appended. Not set: no traces.',
  }),
  otelTracesEndpoint: optional({
    name: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    usedBy: PROCESS_NAMES,
    type: url('http', 'https'),
    description: 'The same as a whole URL, used as it is; wins over OTEL_EXPORTER_OTLP_ENDPOINT.',
  }),
  otelHeaders: setting({
    name: 'OTEL_EXPORTER_OTLP_HEADERS',
    usedBy: PROCESS_NAMES,
    type: keyValues,
    default: {},
    description: 'Headers for the collector, such as its token; values URL-encoded.',
    secret: true,
  }),
  otelTimeoutMs: setting({
    name: 'OTEL_EXPORTER_OTLP_TIMEOUT',
    usedBy: PROCESS_NAMES,
    type: integer(1, 600_000),
    default: 10_000,
    description: 'Longest time of one post to the collector, in milliseconds.',
  }),
  otelServiceName: optional({
    name: 'OTEL_SERVICE_NAME',
    usedBy: PROCESS_NAMES,
    type: text,
    description:
      'Name of the process in traces. Not set: `penstock-` and the kind of the process, as `penstock-writer`.',
  }),
  otelResource: setting({
    name: 'OTEL_RESOURCE_ATTRIBUTES',
    usedBy: PROCESS_NAMES,
    type: keyValues,
    default: {},
    description: 'Further attributes of the process in traces; values URL-encoded.',
  }),
  otelSampler: setting({
    name: 'OTEL_TRACES_SAMPLER',
    usedBy: PROCESS_NAMES,
    type: oneOf(...SAMPLERS),
    default: 'parentbased_always_on',
    description:
      'Which traces are recorded. At more than some hundred requests per second take `parentbased_traceidratio`: what the collector does not take in time is dropped.',
  }),
  otelSamplerRatio: setting({
    name: 'OTEL_TRACES_SAMPLER_ARG',
    usedBy: PROCESS_NAMES,
    type: share,
    default: 1,
    description: 'Share of traces that a ratio sampler records.',
  }),
  otelDisabled: setting({
    name: 'OTEL_SDK_DISABLED',
    usedBy: PROCESS_NAMES,
    type: boolean,
    default: false,
    description: 'No traces, whatever else is set.',
  }),
} as const;
