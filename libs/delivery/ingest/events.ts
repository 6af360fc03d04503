import { defineEvent, defineGauge } from '#telemetry';

export const requestRefused = defineEvent<{ readonly reason: string }>({
  name: 'ingest.request_refused',
  level: null,
  message: ({ reason }) => `refused a request before admission: ${reason}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_ingest_refused_total',
      help: 'Requests refused before admission; nothing of them was stored',
      labels: { reason: ({ reason }) => reason },
    },
  ],
});

export const requestAnswered = defineEvent<{ readonly status: number; readonly seconds: number }>({
  name: 'ingest.request_answered',
  level: null,
  message: ({ status }) => `answered a request with ${status}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_ingest_requests_total',
      help: 'Ingest requests that were read, by status',
      labels: { status: ({ status }) => String(status) },
    },
    {
      kind: 'histogram',
      name: 'penstock_ingest_request_seconds',
      help: 'Time from a body that was read to the answer, which waits until the events are durable',
      value: ({ seconds }) => seconds,
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    },
  ],
});

export const eventsAccepted = defineEvent<{
  readonly accepted: number;
  readonly rejected: number;
}>({
  name: 'ingest.events_accepted',
  level: null,
  message: ({ accepted, rejected }) => `accepted ${accepted} event(s), rejected ${rejected}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_ingest_events_total',
      help: 'Events acknowledged as durable',
      value: ({ accepted }) => accepted,
    },
    {
      kind: 'counter',
      name: 'penstock_ingest_rejected_events_total',
      help: 'Events of accepted requests that were named in the answer as not stored',
      value: ({ rejected }) => rejected,
    },
  ],
});

export const requestFailed = defineEvent<{ readonly error: string }>({
  name: 'ingest.request_failed',
  level: 'error',
  message: ({ error }) => `a request failed by a defect of the server: ${error}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_ingest_failures_total',
      help: 'Requests answered with 500',
    },
  ],
});

export const batchPublished = defineEvent<{
  readonly batchId: string;
  readonly outcome: string;
  readonly events: number;
  readonly bytes: number;
  readonly seconds: number;
}>({
  name: 'ingest.batch_published',
  level: 'debug',
  message: ({ outcome, events }) => `a batch of ${events} events is ${outcome}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_ingest_batches_total',
      help: 'Batches offered to the queue by outcome',
      labels: { outcome: ({ outcome }) => outcome },
    },
    {
      kind: 'counter',
      name: 'penstock_ingest_bytes_total',
      help: 'Bytes of events acknowledged as durable',
      value: ({ outcome, bytes }) => (outcome === 'durable' ? bytes : 0),
    },
    {
      kind: 'histogram',
      name: 'penstock_ingest_batch_events',
      help: 'Events per batch',
      value: ({ events }) => events,
      buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000],
    },
    {
      kind: 'histogram',
      name: 'penstock_ingest_batch_bytes',
      help: 'Bytes per batch',
      value: ({ bytes }) => bytes,
      buckets: [256, 1_024, 4_096, 16_384, 65_536, 131_072, 262_144, 1_048_576, 4_194_304],
    },
    {
      kind: 'histogram',
      name: 'penstock_ingest_confirm_seconds',
      help: 'Time from closing a batch to its outcome',
      value: ({ seconds }) => seconds,
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    },
  ],
});

/** Why a publish is repeated: its outcome is unknown, or other batches of its request are with the queue already. */
export type RetryReason = 'unknown' | 'overloaded';

export const publishRetried = defineEvent<{
  readonly batchId: string;
  readonly reason: RetryReason;
}>({
  name: 'ingest.publish_retried',
  level: 'debug',
  message: ({ batchId, reason }) => `publishing the batch ${batchId} again: ${reason}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_ingest_publish_retries_total',
      help: 'Publishes of a batch that were repeated under the same id, by reason: `unknown` where the outcome did not arrive, `overloaded` where other batches of the request were with the queue already',
      labels: { reason: ({ reason }) => reason },
    },
  ],
});

export const outcomeUnknown = defineEvent<{
  readonly batchId: string;
  readonly events: number;
  readonly reason: string;
}>({
  name: 'ingest.outcome_unknown',
  level: 'warn',
  message: ({ events, reason }) =>
    `the outcome of a batch of ${events} event(s) did not arrive in time (${reason}); its senders were told so`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_ingest_unknown_outcomes_total',
      help: 'Batches whose senders were told that their outcome is unknown',
    },
  ],
});

export const ledgerUnreadable = defineEvent<{ readonly batchId: string; readonly reason: string }>({
  name: 'ingest.ledger_unreadable',
  level: 'warn',
  message: ({ reason }) =>
    `cannot look up an Idempotency-Key (${reason}); the writer decides whether it is a repeat`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_ingest_ledger_unreadable_total',
      help: 'Lookups of an Idempotency-Key that failed',
    },
  ],
});

export const bytesInFlight = defineGauge({
  name: 'penstock_ingest_bytes_in_flight',
  help: 'Bytes that are received and not yet confirmed',
});
