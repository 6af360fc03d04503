import { defineEvent, defineGauge } from '#telemetry';

export const batchSpooled = defineEvent<{ readonly bytes: number }>({
  name: 'spool.batch_spooled',
  level: null,
  message: ({ bytes }) => `a batch of ${bytes} bytes is in the spool`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_spool_appended_batches_total',
      help: 'Batches that were acknowledged once they were in the spool',
    },
    {
      kind: 'counter',
      name: 'penstock_spool_appended_bytes_total',
      help: 'Bytes of these batches',
      value: ({ bytes }) => bytes,
    },
  ],
});

export const groupSynced = defineEvent<{ readonly batches: number; readonly seconds: number }>({
  name: 'spool.group_synced',
  level: null,
  message: ({ batches, seconds }) => `${batches} batch(es) written and synced in ${seconds} s`,
  metrics: [
    {
      kind: 'histogram',
      name: 'penstock_spool_sync_seconds',
      help: 'Time of one write to the spool, which serves all batches that waited, until it is durable',
      value: ({ seconds }) => seconds,
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    },
  ],
});

export const batchRefused = defineEvent<{ readonly reason: 'full' | 'failed' }>({
  name: 'spool.batch_refused',
  level: null,
  message: ({ reason }) => `the spool took no batch: ${reason}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_spool_refused_batches_total',
      help: 'Batches that the spool did not take',
      labels: { reason: ({ reason }) => reason },
    },
  ],
});

export const batchDrained = defineEvent<object>({
  name: 'spool.batch_drained',
  level: null,
  message: () => 'the broker confirmed a batch of the spool',
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_spool_drained_batches_total',
      help: 'Batches of the spool that the broker has confirmed',
    },
  ],
});

export const spoolOpened = defineEvent<{ readonly batches: number; readonly bytes: number }>({
  name: 'spool.opened',
  level: 'info',
  message: ({ batches, bytes }) =>
    batches === 0
      ? 'the spool is open and empty'
      : `the spool is open and holds ${batches} batch(es), ${bytes} bytes, of an earlier run`,
});

export const brokerAway = defineEvent<{ readonly reason: string }>({
  name: 'spool.broker_away',
  level: 'warn',
  message: ({ reason }) =>
    `the broker takes no batches (${reason}); they are kept in the spool and acknowledged`,
});

export const brokerBack = defineEvent<{ readonly batches: number }>({
  name: 'spool.broker_back',
  level: 'info',
  message: ({ batches }) =>
    `the broker takes batches again; ${batches} batch(es) are to be drained from the spool`,
});

export const tailTruncated = defineEvent<{ readonly segment: string; readonly bytes: number }>({
  name: 'spool.tail_truncated',
  level: 'warn',
  message: ({ segment, bytes }) =>
    `the last ${bytes} bytes of ${segment} were not written to their end and are cut off; nothing of them was acknowledged`,
});

/** Somebody must look at the file; what could be read of it has gone to the broker. */
export const segmentSetAside = defineEvent<{ readonly segment: string; readonly reason: string }>({
  name: 'spool.segment_set_aside',
  level: 'error',
  message: ({ segment, reason }) =>
    `the spool's ${segment} was set aside as ${segment}.bad, which counts towards SPOOL_MAX_BYTES until it is removed: ${reason}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_spool_set_aside_segments_total',
      help: 'Segments that were damaged or unreadable, and are kept beside the spool',
    },
  ],
});

export const segmentKept = defineEvent<{ readonly segment: string; readonly reason: string }>({
  name: 'spool.segment_kept',
  level: 'error',
  message: ({ segment, reason }) =>
    `the spool's ${segment} is drained but could not be removed (${reason}); the next start drains it again, which stores nothing twice`,
});

export const spoolFailed = defineEvent<{ readonly reason: string }>({
  name: 'spool.failed',
  level: 'error',
  message: ({ reason }) =>
    `the spool acknowledges nothing more until a restart: ${reason}; what it holds is still drained`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_spool_failures_total',
      help: 'Failures to make the spool durable, after which it takes nothing until a restart',
    },
  ],
});

export const spoolBytes = defineGauge({
  name: 'penstock_spool_bytes',
  help: 'Bytes in the spool folder, segments that were set aside included',
});

export const spoolBatches = defineGauge({
  name: 'penstock_spool_batches',
  help: 'Batches in the spool that the broker has not confirmed',
});

export const spoolOldestAge = defineGauge({
  name: 'penstock_spool_oldest_age_seconds',
  help: 'Time since the oldest batch in the spool was received; 0 when there is none',
});

export const spooling = defineGauge({
  name: 'penstock_spool_broker_away',
  help: '1 while batches go to the spool',
});
