import { defineEvent, defineGauge } from '#telemetry';

export const breakerOpened = defineEvent<{ readonly reason: string }>({
  name: 'writer.breaker_opened',
  level: 'warn',
  message: ({ reason }) =>
    `the store cannot be written (${reason}); batches are held until it can be again`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_writer_breaker_opened_total',
      help: 'Times that the writer stopped because the store could not be written',
    },
  ],
});

export const breakerClosed = defineEvent<{ readonly seconds: number }>({
  name: 'writer.breaker_closed',
  level: 'info',
  message: ({ seconds }) => `the store is written again after ${seconds.toFixed(1)} s`,
});

export const probeFailed = defineEvent<{ readonly reason: string }>({
  name: 'writer.probe_failed',
  level: 'debug',
  message: ({ reason }) => `the store is still away: ${reason}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_writer_probes_failed_total',
      help: 'Probes of the store that failed',
    },
  ],
});

export const commitFailed = defineEvent<{
  readonly batches: number;
  readonly batchIds: readonly string[];
  readonly error: string;
}>({
  name: 'writer.commit_failed',
  level: 'error',
  message: ({ batches, error }) =>
    `a group of ${batches} batch(es) cannot be committed and is tried again: ${error}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_writer_commit_failures_total',
      help: 'Commits that failed for another reason than an absent store',
    },
  ],
});

export const groupReturned = defineEvent<{
  readonly batches: number;
  readonly batchIds: readonly string[];
  readonly reason: 'store-away' | 'failed' | 'stopping';
}>({
  name: 'writer.group_returned',
  level: 'debug',
  message: ({ batches, reason }) =>
    `a group of ${batches} batch(es) goes back to the queue: ${reason}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_writer_returned_batches_total',
      help: 'Batches that went back to the queue to be written again, by reason: `store-away`, `failed` for any other failure of a commit, `stopping`',
      labels: { reason: ({ reason }) => reason },
      value: ({ batches }) => batches,
    },
  ],
});

export const batchSettled = defineEvent<{
  readonly disposition: string;
  readonly batches: number;
}>({
  name: 'writer.batch_settled',
  level: null,
  message: ({ batches, disposition }) => `${batches} batch(es) ${disposition}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_writer_batches_total',
      help: 'Batches that the writer settled, by disposition',
      labels: { disposition: ({ disposition }) => disposition },
      value: ({ batches }) => batches,
    },
  ],
});

export const breakerState = defineGauge({
  name: 'penstock_writer_breaker_state',
  help: '0 the store is written, 1 about to be tried again, 2 away',
});

export const deadLettersKept = defineEvent<{ readonly letters: number }>({
  name: 'writer.dead_letters_kept',
  level: 'warn',
  message: ({ letters }) => `took ${letters} dead letter(s) out of the queue, into quarantine`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_writer_dead_letters_total',
      help: 'Dead letters of the queue that were put into quarantine, or were stored before',
      value: ({ letters }) => letters,
    },
  ],
});

export const deadLettersFailed = defineEvent<{ readonly reason: string }>({
  name: 'writer.dead_letters_failed',
  level: 'debug',
  message: ({ reason }) => `dead letters stay in the queue for now: ${reason}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_writer_dead_letters_failures_total',
      help: 'Attempts to take dead letters out of the queue that failed',
    },
  ],
});
