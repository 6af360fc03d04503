/** docs/metrics.md, from the definitions in the code. */
import { format } from 'prettier';

const ALL = 5;

/** The page of a catalog of metrics. */
export function metricsPage(catalog) {
  const rows = [...catalog.values()].map(
    ({ name, kind, labels, help, processes }) =>
      `| \`${name}\` | ${kind} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${unitOf(name)} | ${
        processes.length === ALL ? 'all' : processes.join(', ')
      } | ${help.replace(/\.$/, '').replaceAll('|', '\\|')} |`,
  );
  const text = `<!-- Made by npm run generate:docs from the definitions in libs/ and apps/. -->

# Metrics

Every process answers \`GET /metrics\` in the text format of Prometheus: ingest and gateway on their own port, writer and
keeper on \`OPERATIONS_PORT\`, standalone on the port of everything. A counter or a histogram appears with the first thing
that it counts. A gauge that is absent is not known at the moment.

Beside these metrics, every process has those of Node under the prefix \`penstock_\`: CPU
(\`penstock_process_cpu_seconds_total\`), memory (\`penstock_process_resident_memory_bytes\`), garbage collection
(\`penstock_nodejs_gc_duration_seconds\`) and the rest of what
[prom-client](https://github.com/siimon/prom-client#default-metrics) collects.

The dashboard is [deploy/grafana/penstock.json](../deploy/grafana/penstock.json), the alerts are
[deploy/prometheus/alerts.yml](../deploy/prometheus/alerts.yml), each with a [runbook](runbooks/README.md).

| Metric | Kind | Labels | Unit | Processes | Meaning |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
  return format(text, { parser: 'markdown', printWidth: 100 });
}

function unitOf(name) {
  if (/_seconds(_total)?$/.test(name)) return 's';
  if (/_bytes(_total)?$/.test(name)) return 'bytes';
  return '';
}
