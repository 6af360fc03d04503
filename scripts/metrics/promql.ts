import { parser } from '@prometheus-io/lezer-promql';

/** What an expression asks for. */
export interface PromqlUse {
  readonly metrics: readonly string[];
  /** Labels in matchers and in `by (...)`, `on (...)`, `group_left (...)`. */
  readonly labels: readonly string[];
}

/** Variables of Grafana stand where an expression of Prometheus has a duration, or inside of a string. */
const GRAFANA_DURATION = /\$__rate_interval|\$__interval/g;

/** Reads an expression by the grammar of Prometheus. Throws where it is none. */
export function readPromql(expr: string): PromqlUse {
  const text = expr.replace(GRAFANA_DURATION, '5m');
  const metrics = new Set<string>();
  const labels = new Set<string>();
  parser.parse(text).iterate({
    enter: ({ name, type, from, to }) => {
      if (type.isError) throw new SyntaxError(`no PromQL at ${from}: ${text}`);
      const token = text.slice(from, to);
      if (name === 'Identifier') metrics.add(token);
      if (name === 'LabelName') labels.add(token);
    },
  });
  return { metrics: [...metrics], labels: [...labels] };
}
