import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { NO_TRACING, type Tracing } from './tracing/tracing.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
type Labels = Readonly<Record<string, string>>;

/** How an event moves a metric. Names begin with `penstock_`; units are in the name (`_seconds`, `_bytes`, `_total`). */
export interface MetricEffect<Fields> {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly name: string;
  readonly help: string;
  /** The value of each label by its name. Each combination of values is a series, so there must be few. */
  readonly labels?: Readonly<Record<string, (fields: Fields) => string>>;
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

/** A gauge that has no event: it is read when the metrics are scraped. */
export interface ObservedGauge {
  readonly kind: 'gauge';
  readonly name: string;
  readonly help: string;
  /** Names of its labels; none by default. */
  readonly labels?: readonly string[];
}

export function defineGauge(gauge: Omit<ObservedGauge, 'kind'>): ObservedGauge {
  return { kind: 'gauge', ...gauge };
}

/** One series of an observed gauge. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** What an observed gauge is at the moment: a number, null where it is not known, or one sample per series. */
export type Reading = number | null | readonly Sample[];

export interface LogLine {
  readonly level: LogLevel;
  readonly event: string;
  readonly message: string;
  readonly fields: object;
}

/** Where log lines go. */
export type LogSink = (line: LogLine) => void;

/** Moves one metric by one event's fields. */
type Step = (fields: never) => void;

const NO_STEPS: readonly Step[] = [];

/** One emit is one log line and one step of each metric of the event. */
export class Telemetry {
  readonly registry = new Registry();
  /** Made at the first emit of an event, so that a hot one costs a lookup and the steps themselves. */
  private readonly steps = new WeakMap<object, readonly Step[]>();
  private readonly sink: LogSink;
  private recorder: Tracing = NO_TRACING;

  constructor(sink: LogSink) {
    this.sink = sink;
  }

  /** Records traces where the process was told to. */
  get tracing(): Tracing {
    return this.recorder;
  }

  /** To be called once, at the start. */
  traceWith(tracing: Tracing): void {
    this.recorder = tracing;
  }

  emit<Fields extends object>(event: TelemetryEvent<Fields>, fields: Fields): void {
    if (event.metrics !== undefined) {
      const steps = this.steps.get(event) ?? this.prepare(event);
      for (const step of steps as readonly ((fields: Fields) => void)[]) step(fields);
    }
    if (event.level !== null) {
      this.sink({ level: event.level, event: event.name, message: event.message(fields), fields });
    }
  }

  /**
   * Reads the gauge whenever the metrics are scraped. What takes time must bound it: the scrape waits. A later reader
   * of the same gauge takes the place of an earlier one, as when what it reads from was opened again.
   */
  observe(
    { name, help, labels = [] }: ObservedGauge,
    read: () => Reading | Promise<Reading>,
  ): void {
    this.registry.removeSingleMetric(name);
    new Gauge({
      name,
      help,
      labelNames: [...labels],
      registers: [this.registry],
      async collect() {
        const reading = await read();
        // Without labels `reset` would leave a 0 behind.
        if (labels.length === 0) this.remove();
        else this.reset();
        if (typeof reading === 'number') this.set(reading);
        else for (const sample of reading ?? []) this.set(sample.labels, sample.value);
      },
    });
  }

  /** Prometheus text format. */
  metrics(): Promise<string> {
    return this.registry.metrics();
  }

  private prepare<Fields extends object>(event: TelemetryEvent<Fields>): readonly Step[] {
    const steps = event.metrics?.map((effect) => this.step(effect)) ?? NO_STEPS;
    this.steps.set(event, steps);
    return steps;
  }

  private step<Fields>(effect: MetricEffect<Fields>): (fields: Fields) => void {
    const { labels, value = one } = effect;
    if (labels === undefined) {
      const move = mover(this.instrument(effect, []));
      return (fields) => {
        move(value(fields));
      };
    }
    const names = Object.keys(labels);
    const moves = new Map<string, (amount: number) => void>();
    return (fields) => {
      const values = names.map((name) => labels[name]?.(fields) ?? '');
      const key = values.join('\0');
      let move = moves.get(key);
      if (move === undefined) {
        const given = Object.fromEntries(names.map((name, at) => [name, values[at] ?? '']));
        move = mover(this.instrument(effect, names), given);
        moves.set(key, move);
      }
      move(value(fields));
    };
  }

  /** Two events may move the same metric. */
  private instrument<Fields>(effect: MetricEffect<Fields>, labelNames: string[]): Instrument {
    const { kind, name, help, buckets } = effect;
    const known = this.registry.getSingleMetric(name);
    if (known !== undefined) return known as Instrument;
    const base = { name, help, labelNames, registers: [this.registry] };
    if (kind === 'counter') return new Counter(base);
    if (kind === 'gauge') return new Gauge(base);
    return new Histogram({ ...base, ...(buckets && { buckets: [...buckets] }) });
  }
}

type Instrument = Counter | Gauge | Histogram;

/** prom-client hashes label objects at each call; a child bound to its labels does that once. */
function mover(instrument: Instrument, labels: Labels = {}): (amount: number) => void {
  if (instrument instanceof Counter) {
    const child = instrument.labels(labels);
    return (amount) => {
      child.inc(amount);
    };
  }
  if (instrument instanceof Gauge) {
    const child = instrument.labels(labels);
    return (amount) => {
      child.set(amount);
    };
  }
  const child = instrument.labels(labels);
  return (amount) => {
    child.observe(amount);
  };
}

function one(): number {
  return 1;
}
