import { defineEvent } from '#telemetry';

export interface Fed {
  readonly documents: number;
  /** Events that the index cannot hold. */
  readonly leftOut: number;
}

export const fed = defineEvent<Fed>({
  name: 'index.fed',
  level: null,
  message: ({ documents }) => `indexed ${documents} documents`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_index_documents_total',
      help: 'Documents that the search index has taken and that can be found.',
      value: ({ documents }) => documents,
    },
    {
      kind: 'counter',
      name: 'penstock_index_left_out_total',
      help: 'Events that the search index cannot hold, left to Postgres.',
      value: ({ leftOut }) => leftOut,
    },
  ],
});

/** A warning: searches read from Postgres what the index lacks. */
export const feedFailed = defineEvent<{ readonly reason: string; readonly error: string }>({
  name: 'index.feed-failed',
  level: 'warn',
  message: ({ error }) => `the search index takes no documents: ${error}`,
});

export const feedFailure = defineEvent<{ readonly reason: string }>({
  name: 'index.feed-failure',
  level: null,
  message: ({ reason }) => reason,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_index_failures_total',
      help: 'Documents that were not taken, or not indexed, by the reason; they are sent again.',
      labels: { reason: ({ reason }) => reason },
    },
  ],
});

export const feedResumed = defineEvent<{ readonly seconds: number }>({
  name: 'index.feed-resumed',
  level: 'info',
  message: ({ seconds }) => `the search index takes documents again after ${seconds.toFixed(1)} s`,
});

export const indexMade = defineEvent<{ readonly index: string; readonly again: boolean }>({
  name: 'index.made',
  level: 'info',
  message: ({ index, again }) =>
    again
      ? `the index ${index} was lost, or is to be made again: it is filled anew`
      : `made the index ${index}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_index_made_total',
      help: 'Indexes that were made, by whether one of the name was lost, or given up by reindex.',
      labels: { again: ({ again }) => String(again) },
    },
  ],
});

export const indexDropped = defineEvent<{ readonly index: string }>({
  name: 'index.dropped',
  level: 'info',
  message: ({ index }) => `dropped the index ${index}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_index_dropped_total',
      help: 'Indexes that were dropped, because their events are gone or are not to be indexed any more.',
    },
  ],
});

/** A warning: they are filled in when there is time. */
export const feedBehind = defineEvent<{ readonly groups: number; readonly seconds: number }>({
  name: 'index.behind',
  level: 'warn',
  message: ({ groups, seconds }) =>
    `the search index is ${seconds.toFixed(0)} s behind: ${groups} groups are left to be filled in later`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_index_groups_put_off_total',
      help: 'Groups that were left to be indexed later, because the index was too far behind.',
      value: ({ groups }) => groups,
    },
  ],
});
