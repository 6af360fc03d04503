import { byProcess, quantile, rate, series, spread, type Panel, type Row } from './panel.ts';

const glance: readonly Panel[] = [
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

const ingest: readonly Panel[] = [
  {
    title: 'Events accepted and rejected',
    description:
      'Accepted events are durable. Rejected ones were named in the answer, each with its reason.',
    unit: 'eps',
    queries: [
      { expr: rate('penstock_ingest_events_total'), legend: 'accepted' },
      { expr: rate('penstock_ingest_rejected_events_total'), legend: 'rejected' },
    ],
  },
  {
    title: 'Bytes accepted',
    description: 'Bytes per second of events that were acknowledged as durable.',
    unit: 'Bps',
    queries: [{ expr: rate('penstock_ingest_bytes_total'), legend: 'bytes' }],
  },
  {
    title: 'Answers',
    description: 'Requests that were read, by the status of their answer.',
    unit: 'reqps',
    queries: [{ expr: rate('penstock_ingest_requests_total', ['status']), legend: '{{status}}' }],
  },
  {
    title: 'Refused before admission',
    description: 'Requests that got 503 before anything of them was read, by reason.',
    unit: 'reqps',
    queries: [{ expr: rate('penstock_ingest_refused_total', ['reason']), legend: '{{reason}}' }],
  },
  {
    title: 'Time to the answer',
    description:
      'From a body that was read to the answer, which waits until its events are durable.',
    unit: 's',
    queries: spread('penstock_ingest_request_seconds'),
  },
  {
    title: 'Bytes in flight',
    description:
      'Bytes received and not yet confirmed, per process; at INGEST_BYTES_IN_FLIGHT requests get 503.',
    unit: 'bytes',
    queries: [{ expr: series('penstock_ingest_bytes_in_flight'), legend: '{{instance}}' }],
  },
  {
    title: 'Events per batch',
    description: 'A batch is one message of the queue; under load it serves many requests.',
    unit: 'short',
    queries: spread('penstock_ingest_batch_events'),
  },
  {
    title: 'Bytes per batch',
    description: 'A batch is closed at 256 KiB; one larger event travels alone.',
    unit: 'bytes',
    queries: spread('penstock_ingest_batch_bytes'),
  },
  {
    title: 'Publishes repeated',
    description:
      'Batches sent again under the same id, by reason, and those whose senders were told that the outcome is unknown.',
    unit: 'ops',
    queries: [
      {
        expr: rate('penstock_ingest_publish_retries_total', ['reason']),
        legend: 'again: {{reason}}',
      },
      { expr: rate('penstock_ingest_unknown_outcomes_total'), legend: 'outcome unknown' },
    ],
  },
];

const queue: readonly Panel[] = [
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
  {
    title: 'Spool',
    description:
      'Bytes that ingest keeps on its disk while RabbitMQ is away, where a spool is set.',
    unit: 'bytes',
    queries: [{ expr: series('penstock_spool_bytes'), legend: '{{instance}}' }],
  },
];

const writer: readonly Panel[] = [
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
];

const search: readonly Panel[] = [
  {
    title: 'Calls of the query API',
    description: 'Answers by call; 499 is a client that went away.',
    unit: 'reqps',
    queries: [
      {
        expr: rate('penstock_gateway_requests_total', ['call', 'status']),
        legend: '{{call}} {{status}}',
      },
    ],
  },
  {
    title: 'Time of a question',
    description:
      '99th percentile of the time to answer a question about the stored events, by call.',
    unit: 's',
    queries: [{ expr: quantile(0.99, 'penstock_search_seconds', ['call']), legend: '{{call}}' }],
  },
  {
    title: 'Partial answers',
    description: 'Share of questions that reached their time budget and were answered in part.',
    unit: 'percentunit',
    queries: [
      {
        expr: `${rate('penstock_search_seconds_count', [], 'partial="true"')} / ${rate('penstock_search_seconds_count')}`,
        legend: 'partial',
      },
    ],
  },
  {
    title: 'Lag of the search index',
    description:
      'Age of the oldest events that Meilisearch does not have yet; searches read them from Postgres.',
    unit: 's',
    queries: [{ expr: `max(${series('penstock_index_lag_seconds')})`, legend: 'lag' }],
  },
];

const keeper: readonly Panel[] = [
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

const processes: readonly Panel[] = [
  {
    title: 'CPU',
    description: 'Cores in use, by kind of process.',
    unit: 'short',
    queries: [
      {
        expr: byProcess(
          `rate(${series('penstock_process_cpu_seconds_total')}[$__rate_interval])`,
          'sum',
        ),
        legend: '{{process}}',
      },
    ],
  },
  {
    title: 'Memory',
    description: 'Resident memory of the largest process of each kind.',
    unit: 'bytes',
    queries: [
      {
        expr: byProcess(series('penstock_process_resident_memory_bytes'), 'max'),
        legend: '{{process}}',
      },
    ],
  },
  {
    title: 'Event loop lag',
    description: '99th percentile since the last scrape, of the slowest process of each kind.',
    unit: 's',
    queries: [
      {
        expr: byProcess(series('penstock_event_loop_lag_p99_seconds'), 'max'),
        legend: '{{process}}',
      },
    ],
  },
  {
    title: 'Dependencies away',
    description: 'Processes that cannot use a dependency, by its name.',
    unit: 'short',
    queries: [
      {
        expr: `count by (dependency) (${series('penstock_dependency_up')} == 0)`,
        legend: '{{dependency}}',
      },
    ],
  },
  {
    title: 'Processes by state',
    description: 'Processes of the last day, by kind and state, from their heartbeats.',
    unit: 'short',
    queries: [
      {
        expr: `max by (kind, state) (${series('penstock_pipeline_processes')})`,
        legend: '{{kind}}: {{state}}',
      },
    ],
  },
  {
    title: 'Versions',
    description: 'Processes by version: more than one during an update only.',
    unit: 'short',
    queries: [
      {
        expr: `count by (process, version) (${series('penstock_build_info')})`,
        legend: '{{process}} {{version}}',
      },
    ],
  },
];

export const ROWS: readonly Row[] = [
  { title: 'At a glance', panels: glance },
  { title: 'Ingest', panels: ingest },
  { title: 'Queue', panels: queue },
  { title: 'Writers and Postgres', panels: writer },
  { title: 'Search', panels: search },
  { title: 'Background jobs', panels: keeper },
  { title: 'Processes', panels: processes },
];
