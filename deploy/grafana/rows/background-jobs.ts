import { quantile, rate, type Panel } from '../panel.ts';

export const keeper: readonly Panel[] = [
  {
    title: 'Time of background jobs',
    description: '99th percentile of one run, by job.',
    unit: 's',
    queries: [
      { expr: quantile(0.99, 'penstock_job_seconds', ['job_name']), legend: '{{job_name}}' },
    ],
  },
  {
    title: 'Failures of background jobs',
    description: 'Runs that failed; nothing is lost, searches read what is not prepared.',
    unit: 'ops',
    queries: [{ expr: rate('penstock_job_failures_total', ['job_name']), legend: '{{job_name}}' }],
  },
];
