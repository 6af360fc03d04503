import { rate, series, spread, type Panel } from '../panel.ts';

export const broker: readonly Panel[] = [
  {
    title: 'Batches sent',
    description: 'Batches that ingest sent to RabbitMQ, by what became of them.',
    unit: 'ops',
    queries: [
      { expr: rate('penstock_queue_sent_batches_total', ['outcome']), legend: '{{outcome}}' },
      { expr: rate('penstock_queue_republished_batches_total'), legend: 'sent again' },
    ],
  },
  {
    title: 'Time to the confirm of RabbitMQ',
    description:
      'From sending a batch to what became of it; a quorum queue confirms after its fsync.',
    unit: 's',
    queries: spread('penstock_queue_confirm_seconds'),
  },
  {
    title: 'Bytes not confirmed',
    description: 'Bytes of batches that were sent to RabbitMQ and are not confirmed, per process.',
    unit: 'bytes',
    queries: [{ expr: series('penstock_queue_in_flight_bytes'), legend: '{{instance}}' }],
  },
  {
    title: 'Batches delivered',
    description:
      'Batches that writers were given and those that they acknowledged. What is delivered again was given back, or its writer ended.',
    unit: 'ops',
    queries: [
      {
        expr: rate('penstock_queue_delivered_batches_total', ['redelivered']),
        legend: 'delivered, again: {{redelivered}}',
      },
      { expr: rate('penstock_queue_acknowledged_batches_total'), legend: 'acknowledged' },
    ],
  },
  {
    title: 'Batches refused',
    description: 'Batches of which nothing is stored, by reason; their senders get 503.',
    unit: 'ops',
    queries: [
      { expr: rate('penstock_queue_refused_batches_total', ['reason']), legend: '{{reason}}' },
    ],
  },
  {
    title: 'Connections lost, alarms',
    description:
      'Connections that broke, attempts that failed, and times that RabbitMQ took nothing for want of memory or disk.',
    unit: 'ops',
    queries: [
      { expr: rate('penstock_queue_connections_lost_total'), legend: 'lost' },
      { expr: rate('penstock_queue_connects_failed_total'), legend: 'not made' },
      { expr: rate('penstock_queue_blocked_total'), legend: 'blocked' },
    ],
  },
  {
    title: 'Dead letters',
    description:
      'Batches that RabbitMQ gave up on and a writer put into quarantine, and messages that could not be read.',
    unit: 'ops',
    queries: [
      { expr: rate('penstock_writer_dead_letters_total'), legend: 'kept' },
      { expr: rate('penstock_queue_undecodable_batches_total'), legend: 'unreadable' },
    ],
  },
  {
    title: 'Spool',
    description:
      'Bytes that ingest keeps on its disk while RabbitMQ is away, where a spool is set.',
    unit: 'bytes',
    queries: [{ expr: series('penstock_spool_bytes'), legend: '{{instance}}' }],
  },
  {
    title: 'Age of the spool',
    description: 'Time since the oldest batch in the spool was received.',
    unit: 's',
    queries: [{ expr: series('penstock_spool_oldest_age_seconds'), legend: '{{instance}}' }],
  },
];
