import { rate, series, spread, type Panel } from '../panel.ts';

export const ingest: readonly Panel[] = [
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
  {
    title: 'Events by token',
    description: 'Events per second that came with each ingest token, where tokens are required.',
    unit: 'eps',
    queries: [{ expr: rate('penstock_ingest_token_events_total', ['token']), legend: '{{token}}' }],
  },
  {
    title: 'Limited by a token',
    description: 'Requests that got 429 because their token had used up its rate or its day.',
    unit: 'reqps',
    queries: [
      {
        expr: rate('penstock_ingest_token_limited_total', ['token', 'limit']),
        legend: '{{token}}: {{limit}}',
      },
    ],
  },
];
