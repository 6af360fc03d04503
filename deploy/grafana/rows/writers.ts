import { rate, series, spread, type Panel } from '../panel.ts';

export const writer: readonly Panel[] = [
  {
    title: 'Events and bytes written',
    description: 'Events per second that were committed to Postgres, by process.',
    unit: 'eps',
    queries: [{ expr: rate('penstock_store_events_total', ['instance']), legend: '{{instance}}' }],
  },
  {
    title: 'Time of a commit',
    description: 'From the call to the answer of COMMIT, for one group of batches.',
    unit: 's',
    queries: spread('penstock_store_commit_seconds'),
  },
  {
    title: 'Events per group',
    description: 'A group is what a writer commits at once: one batch or several.',
    unit: 'short',
    queries: spread('penstock_store_group_events'),
  },
  {
    title: 'Batches settled',
    description:
      'What became of batches: a duplicate was stored before, a conflict used the key of another body.',
    unit: 'ops',
    queries: [
      { expr: rate('penstock_writer_batches_total', ['disposition']), legend: '{{disposition}}' },
    ],
  },
  {
    title: 'Batches returned',
    description: 'Batches that went back to the queue to be written again, by reason.',
    unit: 'ops',
    queries: [
      { expr: rate('penstock_writer_returned_batches_total', ['reason']), legend: '{{reason}}' },
    ],
  },
  {
    title: 'Circuit breaker',
    description: '0 Postgres is written, 1 about to be tried again, 2 away: batches are held.',
    unit: 'none',
    queries: [{ expr: series('penstock_writer_breaker_state'), legend: '{{instance}}' }],
  },
  {
    title: 'Quarantined events',
    description: 'Events that Postgres refused, or whose batch could not be stored, by reason.',
    unit: 'eps',
    queries: [
      { expr: rate('penstock_quarantined_events_total', ['reason']), legend: '{{reason}}' },
    ],
  },
  {
    title: 'Connections to Postgres',
    description: 'Connections in use, and calls that wait for one, by pool.',
    unit: 'short',
    queries: [
      {
        expr: `sum by (pool, state) (${series('penstock_postgres_connections', 'state!="idle"')})`,
        legend: '{{pool}}: {{state}}',
      },
    ],
  },
  {
    title: 'Failures of the store',
    description:
      'Commits that failed though Postgres answers, times that it went away, and probes that did not find it back.',
    unit: 'ops',
    queries: [
      { expr: rate('penstock_writer_commit_failures_total'), legend: 'commits' },
      { expr: rate('penstock_writer_breaker_opened_total'), legend: 'went away' },
      { expr: rate('penstock_writer_probes_failed_total'), legend: 'probes' },
    ],
  },
];
