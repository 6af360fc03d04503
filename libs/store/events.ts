import { defineEvent } from '#telemetry';

export const partitionsCreated = defineEvent<{ readonly count: number; readonly first: string }>({
  name: 'store.partitions_created',
  level: 'info',
  message: ({ count, first }) => `created ${count} partition(s), the first is ${first}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_store_partitions_created_total',
      help: 'Partitions created for events',
      value: ({ count }) => count,
    },
  ],
});

export const partitionsBusy = defineEvent<{ readonly attempt: number }>({
  name: 'store.partitions_busy',
  level: 'warn',
  message: ({ attempt }) =>
    `another session holds a lock that creating partitions needs; trying again (attempt ${attempt})`,
});

export const groupCommitted = defineEvent<{
  readonly groupSeq: number;
  readonly commitSeq: number;
  /** Batches and bytes of the group, those that were stored before included. */
  readonly batches: number;
  readonly batchIds: readonly string[];
  readonly bytes: number;
  readonly events: number;
  readonly seconds: number;
}>({
  name: 'store.group_committed',
  level: 'debug',
  message: ({ groupSeq, events, batches }) =>
    `committed group ${groupSeq}: ${events} events of ${batches} batch(es)`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_store_events_total',
      help: 'Events committed to Postgres',
      value: ({ events }) => events,
    },
    {
      kind: 'counter',
      name: 'penstock_store_bytes_total',
      help: 'Bytes of the batches of committed groups',
      value: ({ bytes }) => bytes,
    },
    {
      kind: 'histogram',
      name: 'penstock_store_group_events',
      help: 'Events per committed group',
      value: ({ events }) => events,
      buckets: [1, 10, 50, 100, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000],
    },
    {
      kind: 'histogram',
      name: 'penstock_store_group_batches',
      help: 'Batches per committed group',
      value: ({ batches }) => batches,
      buckets: [1, 2, 5, 10, 20, 50, 100, 200],
    },
    {
      kind: 'histogram',
      name: 'penstock_store_commit_seconds',
      help: 'Time to commit a group, from the call to the answer of COMMIT',
      value: ({ seconds }) => seconds,
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    },
  ],
});

export const batchRepeated = defineEvent<{ readonly disposition: 'duplicate' | 'conflict' }>({
  name: 'store.batch_repeated',
  level: null,
  message: ({ disposition }) => `a batch was not stored: ${disposition}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_store_batches_repeated_total',
      help: 'Batches whose id the ledger holds already',
      labels: { disposition: ({ disposition }) => disposition },
    },
  ],
});

export const eventsQuarantined = defineEvent<{
  readonly count: number;
  readonly reason: string;
  readonly batchIds: readonly string[];
}>({
  name: 'store.events_quarantined',
  level: 'error',
  message: ({ count, reason }) =>
    `${count} event(s) cannot be stored (${reason}); they are kept in quarantine`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_quarantined_events_total',
      help: 'Events put into quarantine',
      labels: { reason: ({ reason }) => reason },
      value: ({ count }) => count,
    },
  ],
});

export const rollupsLeft = defineEvent<{ readonly groups: number; readonly reason: string }>({
  name: 'store.rollups_left',
  level: 'debug',
  message: ({ groups, reason }) =>
    `the rollups of ${groups} group(s) are left to the folding job: ${reason}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_store_rollups_left_groups_total',
      help: 'Groups whose rollups were not appended by their writer but left to the folding job',
      value: ({ groups }) => groups,
    },
  ],
});
