import { Counter, Gauge, Histogram, Registry } from 'prom-client';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
type Labels = Readonly<Record<string, string>>;

/** How an event moves a metric. Names begin with `penstock_`; units are in the name (`_seconds`, `_bytes`, `_total`). */
export interface MetricEffect<Fields> {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly name: string;
  readonly help: string;
  readonly labels?: (fields: Fields) => Labels;
  /** Defaults to 1 for counters. */
  readonly value?: (fields: Fields) => number;
  readonly buckets?: readonly number[];
}

/**
 * One kind of thing that happens: its log line and its metrics, so that the two cannot disagree.
 * `warn` means nothing was lost, `error` means somebody must act. `level: null` counts without a log line.
 */
export interface TelemetryEvent<Fields extends object> {
  readonly name: string;
  readonly level: LogLevel | null;
  readonly message: (fields: Fields) => string;
  readonly metrics?: readonly MetricEffect<Fields>[];
}

export function defineEvent<Fields extends object>(
  event: TelemetryEvent<Fields>,
): TelemetryEvent<Fields> {
  return event;
}

/** Where log lines go. */
export type LogSink = (line: {
  readonly level: LogLevel;
  readonly event: string;
  readonly message: string;
  readonly fields: object;
}) => void;

/** One emit is one log line and one step of each metric of the event. */
export class Telemetry {
  readonly registry = new Registry();
  private readonly instruments = new Map<string, Counter | Gauge | Histogram>();
  private readonly sink: LogSink;

  constructor(sink: LogSink) {
    this.sink = sink;
  }

  emit<Fields extends object>(event: TelemetryEvent<Fields>, fields: Fields): void {
    for (const effect of event.metrics ?? []) this.apply(effect, fields);
    if (event.level !== null) {
      this.sink({ level: event.level, event: event.name, message: event.message(fields), fields });
    }
  }

  /** A gauge that is read when the metrics are scraped. */
  observe(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }

  /** Prometheus text format. */
  metrics(): Promise<string> {
    return this.registry.metrics();
  }

  private apply<Fields>(effect: MetricEffect<Fields>, fields: Fields): void {
    const labels = effect.labels?.(fields) ?? {};
    const value = effect.value?.(fields) ?? 1;
    const instrument = this.instrument(effect, Object.keys(labels));
    if (instrument instanceof Counter) instrument.inc(labels, value);
    else if (instrument instanceof Gauge) instrument.set(labels, value);
    else instrument.observe(labels, value);
  }

  private instrument<Fields>(
    effect: MetricEffect<Fields>,
    labelNames: string[],
  ): Counter | Gauge | Histogram {
    const known = this.instruments.get(effect.name);
    if (known !== undefined) return known;
    const base = { name: effect.name, help: effect.help, labelNames, registers: [this.registry] };
    const made =
      effect.kind === 'counter'
        ? new Counter(base)
        : effect.kind === 'gauge'
          ? new Gauge(base)
          : new Histogram({ ...base, ...(effect.buckets && { buckets: [...effect.buckets] }) });
    this.instruments.set(effect.name, made);
    return made;
  }
}
