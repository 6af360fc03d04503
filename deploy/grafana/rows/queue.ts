import { rate, series, spread, type Panel } from '../panel.ts';

export const queue: readonly Panel[] = [
  {
    title: 'Backlog',
    description:
      'Batches that wait in the queue, and those that writers hold, by the heartbeats of all processes.',
    unit: 'short',
    queries: [
      {
        expr: `max by (state) (${series('penstock_pipeline_backlog_batches')})`,
        legend: '{{state}}',
      },
    ],
  },
  {
    title: 'Time to the confirm',
    description: 'From closing a batch to the word of the queue that it is durable.',
    unit: 's',
    queries: spread('penstock_ingest_confirm_seconds'),
  },
  {
    title: 'Outcomes of batches',
    description: 'What became of batches that were offered to the queue.',
    unit: 'ops',
    queries: [{ expr: rate('penstock_ingest_batches_total', ['outcome']), legend: '{{outcome}}' }],
  },
];
