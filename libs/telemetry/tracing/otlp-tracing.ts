import {
  ROOT_CONTEXT,
  SpanKind as Kind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Telemetry } from '../telemetry.ts';
import { ReportingExporter } from './reporting-exporter.ts';
import type { SamplerName } from '#config';
import { samplerOf } from './samplers.ts';
import { readTraceParent, writeTraceParent } from './trace-parent.ts';
import type { SpanEnd, SpanKind, SpanStart, TraceSpan, Tracing } from './tracing.ts';

export interface OtlpSettings {
  /** Where spans are posted, as OTLP over HTTP in JSON. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Longest time of one post, in ms. */
  readonly timeoutMs: number;
  readonly sampler: SamplerName;
  /** For the ratio samplers: the share of traces that are recorded, 0 to 1. */
  readonly ratio: number;
  /** What describes the process, such as `service.name`. */
  readonly resource: Readonly<Record<string, string>>;
}

export interface OpenTracing extends Tracing {
  /** Hands over what is recorded and not sent yet. */
  flush(): Promise<void>;
  /** Sends what is left and ends. */
  close(): Promise<void>;
}

/** Spans that wait for the collector at most; beyond, they are dropped: tracing must not cost memory without end. */
const MOST_WAITING = 4_096;
const MOST_AT_ONCE = 512;
const SEND_EVERY_MS = 2_000;

const KINDS: Readonly<Record<SpanKind, Kind>> = {
  server: Kind.SERVER,
  producer: Kind.PRODUCER,
  consumer: Kind.CONSUMER,
};

/** Records traces and posts them to a collector. While it is away, spans are lost and counted, and nothing waits. */
export function openOtlpTracing(settings: OtlpSettings, telemetry: Telemetry): OpenTracing {
  const { url, headers, timeoutMs, sampler, ratio, resource } = settings;
  const exporter = new OTLPTraceExporter({
    url,
    headers: { ...headers },
    timeoutMillis: timeoutMs,
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ ...resource }),
    sampler: samplerOf(sampler, ratio),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new ReportingExporter(exporter, telemetry),
        maxQueueSize: MOST_WAITING,
        maxExportBatchSize: MOST_AT_ONCE,
        scheduledDelayMillis: SEND_EVERY_MS,
        exportTimeoutMillis: timeoutMs,
      }),
    ],
  });
  const tracer = provider.getTracer('penstock');
  return {
    enabled: true,
    begin: (start) => begin(tracer, start),
    flush: () => provider.forceFlush(),
    close: () => provider.shutdown(),
  };
}

function isRecorded({ traceFlags }: SpanContext): boolean {
  return (traceFlags & TraceFlags.SAMPLED) !== 0;
}

function begin(tracer: Tracer, { name, kind, causes, attributes = {} }: SpanStart): TraceSpan {
  const known = causes.flatMap((cause) => readTraceParent(cause) ?? []);
  // A parent that is not recorded would keep this from being recorded for the others.
  const parent = known.find(isRecorded) ?? known[0];
  const others = known.filter((cause) => cause !== parent);
  const context = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
  const links = others.map((other) => ({ context: other }));
  const span = tracer.startSpan(name, { kind: KINDS[kind], attributes, links }, context);
  return {
    // What is not recorded is passed on all the same, so that others do not record the rest of it.
    traceParent: writeTraceParent(span.spanContext()),
    end: ({ attributes: more, error }: SpanEnd = {}) => {
      if (more !== undefined) span.setAttributes(more);
      if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error });
      span.end();
    },
  };
}
