import { defineEvent, defineGauge } from '#telemetry';

/** Which of the two connections of a process. */
type ConnectionName = 'publishing' | 'consuming';

export const connected = defineEvent<{ readonly connection: ConnectionName }>({
  name: 'queue.connected',
  level: 'info',
  message: ({ connection }) => `connected to RabbitMQ for ${connection}`,
});

export const connectionLost = defineEvent<{
  readonly connection: ConnectionName;
  readonly reason: string;
}>({
  name: 'queue.connection_lost',
  level: 'warn',
  message: ({ connection, reason }) =>
    `lost the connection to RabbitMQ for ${connection}: ${reason}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_queue_connections_lost_total',
      help: 'Connections to RabbitMQ that broke',
      labels: { connection: ({ connection }) => connection },
    },
  ],
});

export const connectFailed = defineEvent<{
  readonly connection: ConnectionName;
  readonly reason: string;
}>({
  name: 'queue.connect_failed',
  level: 'warn',
  message: ({ connection, reason }) => `cannot connect to RabbitMQ for ${connection}: ${reason}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_queue_connects_failed_total',
      help: 'Attempts to connect to RabbitMQ that failed',
      labels: { connection: ({ connection }) => connection },
    },
  ],
});

export const connectRefused = defineEvent<{
  readonly connection: ConnectionName;
  readonly reason: string;
}>({
  name: 'queue.connect_refused',
  level: 'error',
  message: ({ reason }) => `${reason} It is tried again.`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_queue_connects_refused_total',
      help: 'Attempts to connect that cannot succeed until somebody changes something',
      labels: { connection: ({ connection }) => connection },
    },
  ],
});

export const queueDeclared = defineEvent<{ readonly queue: string }>({
  name: 'queue.declared',
  level: 'info',
  message: ({ queue }) => `declared the queue ${queue}`,
});

export const notDeclared = defineEvent<{ readonly name: string; readonly reason: string }>({
  name: 'queue.not_declared',
  level: 'warn',
  message: ({ name, reason }) =>
    `${name} is used as it is; RabbitMQ does not declare it: ${reason}`,
});

export const publishingBlocked = defineEvent<{ readonly reason: string }>({
  name: 'queue.publishing_blocked',
  level: 'warn',
  message: ({ reason }) => `RabbitMQ takes no batches (${reason}); senders are told to wait`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_queue_blocked_total',
      help: 'Times that RabbitMQ stopped taking batches because of its memory or disk',
    },
  ],
});

export const publishingUnblocked = defineEvent<object>({
  name: 'queue.publishing_unblocked',
  level: 'info',
  message: () => 'RabbitMQ takes batches again',
});

export const batchSent = defineEvent<{
  readonly outcome: string;
  readonly bytes: number;
  readonly seconds: number;
}>({
  name: 'queue.batch_sent',
  level: null,
  message: ({ outcome }) => `a batch was sent: ${outcome}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_queue_sent_batches_total',
      help: 'Batches sent to RabbitMQ, by what became of them',
      labels: { outcome: ({ outcome }) => outcome },
    },
    {
      kind: 'counter',
      name: 'penstock_queue_sent_bytes_total',
      help: 'Bytes of message bodies sent to RabbitMQ',
      value: ({ bytes }) => bytes,
    },
    {
      kind: 'histogram',
      name: 'penstock_queue_confirm_seconds',
      help: 'Time from sending a batch to what became of it',
      value: ({ seconds }) => seconds,
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    },
  ],
});

/** `full`: the queue, or what may be on its way to it. `blocked`: an alarm of the broker. `late`: nobody waits. */
export type RefusalReason =
  'away' | 'settling' | 'blocked' | 'full' | 'missing' | 'late' | 'closing';

export const publishRefused = defineEvent<{ readonly reason: RefusalReason }>({
  name: 'queue.publish_refused',
  level: null,
  message: ({ reason }) => `refused a batch: ${reason}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_queue_refused_batches_total',
      help: 'Batches that were refused, of which nothing is stored, by reason',
      labels: { reason: ({ reason }) => reason },
    },
  ],
});

export const batchesRepublished = defineEvent<{ readonly batches: number }>({
  name: 'queue.batches_republished',
  level: 'info',
  message: ({ batches }) => `sent ${batches} unconfirmed batch(es) again after a lost connection`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_queue_republished_batches_total',
      help: 'Batches sent again because their confirm was lost',
      value: ({ batches }) => batches,
    },
  ],
});

export const batchUnroutable = defineEvent<{ readonly queue: string }>({
  name: 'queue.batch_unroutable',
  level: 'error',
  message: ({ queue }) => `the queue ${queue} is gone; it is declared again`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_queue_unroutable_batches_total',
      help: 'Batches that RabbitMQ returned because their queue is missing',
    },
  ],
});

export const batchDelivered = defineEvent<{
  readonly bytes: number;
  readonly redelivered: boolean;
}>({
  name: 'queue.batch_delivered',
  level: null,
  message: () => 'a batch was delivered',
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_queue_delivered_batches_total',
      help: 'Batches delivered by RabbitMQ',
      labels: { redelivered: ({ redelivered }) => String(redelivered) },
    },
    {
      kind: 'counter',
      name: 'penstock_queue_delivered_bytes_total',
      help: 'Bytes of message bodies delivered by RabbitMQ',
      value: ({ bytes }) => bytes,
    },
  ],
});

export const batchesAcknowledged = defineEvent<{ readonly batches: number }>({
  name: 'queue.batches_acknowledged',
  level: null,
  message: ({ batches }) => `acknowledged ${batches} batch(es)`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_queue_acknowledged_batches_total',
      help: 'Batches acknowledged to RabbitMQ',
      value: ({ batches }) => batches,
    },
  ],
});

export const staleAcknowledgements = defineEvent<{ readonly batches: number }>({
  name: 'queue.stale_acknowledgements',
  level: 'info',
  message: ({ batches }) =>
    `${batches} batch(es) were settled after their channel had ended; RabbitMQ delivers them again, as duplicates`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_queue_stale_acknowledgements_total',
      help: 'Batches settled after their channel had ended',
      value: ({ batches }) => batches,
    },
  ],
});

export const handlerFailed = defineEvent<{ readonly batches: number; readonly reason: string }>({
  name: 'queue.handler_failed',
  level: 'debug',
  message: ({ batches, reason }) => `${batches} batch(es) are handed over again: ${reason}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_queue_handler_failures_total',
      help: 'Groups of batches whose handling failed and is repeated',
    },
  ],
});

export const batchUndecodable = defineEvent<{
  readonly batchId: string;
  readonly reason: string;
}>({
  name: 'queue.batch_undecodable',
  level: 'error',
  message: ({ batchId, reason }) =>
    `the message ${batchId} is no batch (${reason}); it goes to the dead letters`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_queue_undecodable_batches_total',
      help: 'Messages that could not be decoded and went to the dead letters',
    },
  ],
});

export const consumerCancelled = defineEvent<{ readonly queue: string }>({
  name: 'queue.consumer_cancelled',
  level: 'warn',
  message: ({ queue }) => `RabbitMQ ended the consumption of ${queue}; connecting again`,
});

export const publisherReady = defineGauge({
  name: 'penstock_queue_publisher_ready',
  help: '1 while batches can be published to RabbitMQ',
});

export const inFlightBatches = defineGauge({
  name: 'penstock_queue_in_flight_batches',
  help: 'Batches sent to RabbitMQ and not confirmed',
});

export const inFlightBytes = defineGauge({
  name: 'penstock_queue_in_flight_bytes',
  help: 'Bytes of batches sent to RabbitMQ and not confirmed',
});

export const unacknowledgedBatches = defineGauge({
  name: 'penstock_queue_unacknowledged_batches',
  help: 'Batches delivered to this process and not acknowledged',
});
