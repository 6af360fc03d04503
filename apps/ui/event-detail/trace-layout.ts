import type { LogHit } from '../api/log-hit.ts';

/** An event on its lane. */
export interface TraceMark {
  readonly hit: LogHit;
  /** Place on the time line, 0 to 100. */
  readonly at: number;
  /** Microseconds since the first event of the trace. */
  readonly micros: number;
}

/** The events of one span, or of a service outside of any span. */
export interface TraceLane {
  readonly service: string;
  readonly spanId: string | null;
  /** From its first to its last event, 0 to 100. */
  readonly from: number;
  readonly to: number;
  /** Microseconds between them. */
  readonly micros: number;
  readonly marks: readonly TraceMark[];
}

export interface TraceLayout {
  /** In the order of their first events. */
  readonly lanes: readonly TraceLane[];
  readonly services: number;
  /** Microseconds from the first event to the last. */
  readonly micros: number;
  /** Lanes that are left out. */
  readonly more: number;
}

const MOST_LANES = 100;
const MOST_MARKS = 200;

/** @param hits oldest first */
export function layOutTrace(hits: readonly LogHit[]): TraceLayout {
  const times = hits.map((hit) => microsOf(hit.timestamp));
  const start = Math.min(...times);
  const whole = hits.length === 0 ? 0 : Math.max(...times) - start;
  const lanes = new Map<string, [TraceMark, ...TraceMark[]]>();
  for (const hit of hits) {
    const micros = microsOf(hit.timestamp) - start;
    const key = JSON.stringify([serviceOf(hit), hit.spanId ?? null]);
    const mark = { hit, micros, at: whole === 0 ? 0 : (micros / whole) * 100 };
    const marks = lanes.get(key);
    if (marks === undefined) lanes.set(key, [mark]);
    else marks.push(mark);
  }
  const all = [...lanes.values()].map(laneOf).sort((a, b) => a.from - b.from);
  return {
    lanes: all.slice(0, MOST_LANES),
    services: new Set(hits.map(serviceOf)).size,
    micros: whole,
    more: Math.max(0, all.length - MOST_LANES),
  };
}

function laneOf(marks: readonly [TraceMark, ...TraceMark[]]): TraceLane {
  const sorted = [...marks].sort((a, b) => a.micros - b.micros);
  const first = sorted[0] ?? marks[0];
  const last = sorted.at(-1) ?? first;
  return {
    service: serviceOf(first.hit),
    spanId: first.hit.spanId ?? null,
    from: first.at,
    to: last.at,
    micros: last.micros - first.micros,
    marks: thinned(sorted),
  };
}

/** Of too many, what is worst is kept before what is evenly spread. */
function thinned(marks: readonly TraceMark[]): readonly TraceMark[] {
  if (marks.length <= MOST_MARKS) return marks;
  const every = Math.ceil(marks.length / (MOST_MARKS / 2));
  const bad = marks.filter(({ hit }) => hit.level === 'error' || hit.level === 'fatal');
  const kept = new Set(bad.slice(0, MOST_MARKS / 2));
  return marks.filter((mark, at) => kept.has(mark) || at % every === 0);
}

function serviceOf(hit: LogHit): string {
  return hit.service ?? hit.resourceId ?? $localize`(no service)`;
}

/** Of `YYYY-MM-DDTHH:MM:SS.ffffffZ`. */
function microsOf(timestamp: string): number {
  return Date.parse(`${timestamp.slice(0, 19)}Z`) * 1_000 + Number(timestamp.slice(20, 26));
}

/** `12 us`, `3.4 ms`, `1.2 s`, `2.5 min`. */
export function formatSpan(micros: number): string {
  const units = [
    { size: 60_000_000, name: 'min' },
    { size: 1_000_000, name: 's' },
    { size: 1_000, name: 'ms' },
  ];
  const unit = units.find(({ size }) => micros >= size);
  if (unit === undefined) return `${micros.toString()} µs`;
  const amount = micros / unit.size;
  return `${amount.toFixed(amount < 100 ? 1 : 0)} ${unit.name}`;
}
