/** Units as Grafana names them. */
export type Unit =
  'short' | 's' | 'bytes' | 'Bps' | 'eps' | 'reqps' | 'ops' | 'percentunit' | 'none';

export interface Query {
  readonly expr: string;
  /** Text of the legend; `{{label}}` stands for the value of a label. */
  readonly legend: string;
}

/** What a person sees: a question about the pipeline, and the queries that answer it. */
export interface Panel {
  readonly title: string;
  readonly description: string;
  readonly unit: Unit;
  readonly queries: readonly Query[];
  /** A number instead of a graph, red from this value on. */
  readonly stat?: { readonly redFrom: number | null };
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** Matcher of every selector: the jobs that the reader chose. */
export const CHOSEN = 'job=~"$job"';

/** The metric's series of the chosen jobs. */
export function series(name: string, matchers = ''): string {
  return `${name}{${[CHOSEN, matchers].filter((part) => part !== '').join(', ')}}`;
}

/** Growth of a counter per second, added up by the labels. */
export function rate(name: string, by: readonly string[] = [], matchers = ''): string {
  return `${sum(by)} (rate(${series(name, matchers)}[$__rate_interval]))`;
}

/** A quantile of a histogram over all processes, by the labels. */
export function quantile(q: number, name: string, by: readonly string[] = []): string {
  return `histogram_quantile(${q}, ${rate(`${name}_bucket`, ['le', ...by])})`;
}

/** Median and 99th percentile of a histogram. */
export function spread(name: string): Query[] {
  return [
    { expr: quantile(0.5, name), legend: 'median' },
    { expr: quantile(0.99, name), legend: '99 %' },
  ];
}

/** A metric of processes, joined with what kind of process each is. */
export function byProcess(expr: string, how: 'sum' | 'max'): string {
  const joined = `${expr} * on (job, instance) group_left (process) ${series('penstock_build_info')}`;
  return `${how} by (process) (${joined})`;
}

function sum(by: readonly string[]): string {
  return by.length === 0 ? 'sum' : `sum by (${by.join(', ')})`;
}
