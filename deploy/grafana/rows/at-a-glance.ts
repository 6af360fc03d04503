import { rate, series, type Panel } from '../panel.ts';

export const glance: readonly Panel[] = [
  {
    title: 'Accepted',
    description: 'Events per second that were acknowledged to their senders as durable.',
    unit: 'eps',
    queries: [{ expr: rate('penstock_ingest_events_total'), legend: 'events' }],
    stat: { redFrom: null },
  },
  {
    title: 'Stored',
    description: 'Events per second that were committed to Postgres.',
    unit: 'eps',
    queries: [{ expr: rate('penstock_store_events_total'), legend: 'events' }],
    stat: { redFrom: null },
  },
  {
    title: 'Oldest unwritten',
    description:
      'Age of the oldest event that is accepted and not yet in Postgres: how old the newest search result may be.',
    unit: 's',
    queries: [
      { expr: `max(${series('penstock_pipeline_oldest_unwritten_seconds')})`, legend: 'age' },
    ],
    stat: { redFrom: 60 },
  },
  {
    title: 'Quarantine',
    description:
      'Entries that could not be stored and are kept with the reason; counted up to 10,000.',
    unit: 'short',
    queries: [{ expr: `max(${series('penstock_quarantine_entries')})`, legend: 'entries' }],
    stat: { redFrom: 1 },
  },
  {
    title: 'Dead processes',
    description: 'Processes that stopped without a word during the last day.',
    unit: 'short',
    queries: [
      {
        expr: `max(sum by (job, instance) (${series('penstock_pipeline_processes', 'state="dead"')})) or vector(0)`,
        legend: 'processes',
      },
    ],
    stat: { redFrom: 1 },
  },
  {
    title: 'Not ready',
    description: 'Processes that should get no requests now: /health/ready of each says why.',
    unit: 'short',
    queries: [
      { expr: `count(${series('penstock_process_ready')} == 0) or vector(0)`, legend: 'processes' },
    ],
    stat: { redFrom: 1 },
  },
];
