import { quantile, rate, series, type Panel } from '../panel.ts';

export const operator: readonly Panel[] = [
  {
    title: 'Pipelines',
    description: 'LogPipelines, those that are ready, and those that wait for a reconciliation.',
    unit: 'short',
    queries: [
      { expr: `max(${series('penstock_operator_pipelines')})`, legend: 'pipelines' },
      { expr: `sum(${series('penstock_operator_pipeline_ready')})`, legend: 'ready' },
      { expr: `max(${series('penstock_operator_queue_length')})`, legend: 'waiting' },
    ],
  },
  {
    title: 'Time of a reconciliation',
    description: '99th percentile, by outcome.',
    unit: 's',
    queries: [
      {
        expr: quantile(0.99, 'penstock_operator_reconcile_seconds', ['outcome']),
        legend: '{{outcome}}',
      },
    ],
  },
  {
    title: 'Failures and scalings',
    description: 'Reconciliations and watches that failed, and changes of the number of writers.',
    unit: 'ops',
    queries: [
      { expr: rate('penstock_operator_reconcile_failures_total'), legend: 'reconciliations' },
      {
        expr: rate('penstock_operator_watch_failures_total', ['resource']),
        legend: 'watch of {{resource}}',
      },
      {
        expr: rate('penstock_operator_scalings_total', ['direction']),
        legend: 'writers {{direction}}',
      },
    ],
  },
];
