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

export const requestAnswered = defineEvent<{ readonly status: number }>({
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
  readonly outcome: string;
  readonly events: number;
  readonly bytes: number;
  readonly seconds: number;
}>({
  name: 'ingest.batch_published',
  level: null,
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
      name: 'penstock_ingest_confirm_seconds',
      help: 'Time from closing a batch to its outcome',
      value: ({ seconds }) => seconds,
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    },
  ],
});

export const outcomeUnknown = defineEvent<{ readonly events: number; readonly reason: string }>({
  name: 'ingest.outcome_unknown',
  level: 'warn',
  message: ({ events, reason }) =>
    `the outcome of a batch of ${events} event(s) did not arrive in time (${reason}); its senders were told so`,
});

export const ledgerUnreadable = defineEvent<{ readonly reason: string }>({
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
