import { defineEvent } from '#telemetry';

export const tableSealed = defineEvent<{ readonly relation: string }>({
  name: 'table_sealed',
  level: 'info',
  message: ({ relation }) => `${relation} is closed; events that come late go elsewhere`,
});

export interface SegmentArchived {
  readonly relation: string;
  readonly events: number;
  readonly bytes: number;
  readonly files: number;
  readonly seconds: number;
}

export const segmentArchived = defineEvent<SegmentArchived>({
  name: 'segment_archived',
  level: 'info',
  message: ({ relation, events, bytes, files, seconds }) =>
    `${relation} is in columnar files: ${events} events, ${bytes} bytes, files: ${files}, ${seconds.toFixed(1)} s`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_columnar_events_total',
      help: 'Events written to columnar files.',
      value: ({ events }) => events,
    },
    {
      kind: 'counter',
      name: 'penstock_columnar_bytes_total',
      help: 'Bytes of columnar files written, with their skip files.',
      value: ({ bytes }) => bytes,
    },
  ],
});

export const filesMerged = defineEvent<{
  readonly relation: string;
  readonly files: number;
  readonly events: number;
  readonly bytes: number;
}>({
  name: 'columnar_files_merged',
  level: 'info',
  message: ({ relation, files, events, bytes }) =>
    `${files} files of ${relation} and of events that came late are one now: ${events} events, ${bytes} bytes`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_columnar_merged_files_total',
      help: 'Columnar files that were merged into a larger one.',
      value: ({ files }) => files,
    },
  ],
});

/** A warning: what they were to be made from still serves, and they will be made again. */
export const archiveGivenUp = defineEvent<{ readonly relation: string; readonly reason: string }>({
  name: 'archive_given_up',
  level: 'warn',
  message: ({ relation, reason }) =>
    `new columnar files of ${relation} do not count and are made again: ${reason}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_columnar_given_up_total',
      help: 'Columnar files that were made and did not count.',
    },
  ],
});

export interface FilesExpired {
  readonly relation: string;
  readonly files: number;
  readonly events: number;
  /** Of these: read from tables of Postgres again. */
  readonly returned: number;
}

export const filesExpired = defineEvent<FilesExpired>({
  name: 'columnar_files_expired',
  level: 'info',
  message: ({ relation, files, events, returned }) =>
    `the time of ${files} files of ${relation} is over: ${events} events, of which Postgres keeps ${returned}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_columnar_expired_files_total',
      help: 'Columnar files whose time was over.',
      value: ({ files }) => files,
    },
  ],
});

export const returnedRowsDropped = defineEvent<{ readonly relation: string }>({
  name: 'returned_rows_dropped',
  level: 'info',
  message: ({ relation }) => `${relation} was dropped, whose files were gone already`,
});

export const rowsDropped = defineEvent<{ readonly relation: string }>({
  name: 'rows_dropped',
  level: 'info',
  message: ({ relation }) => `${relation} was dropped; its columnar files serve`,
});
