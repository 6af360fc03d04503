import { defineEvent } from '#telemetry';

export const tailPollFailed = defineEvent<{ readonly error: string; readonly retryMs: number }>({
  name: 'tail-poll-failed',
  level: 'warn',
  message: ({ error, retryMs }) =>
    `Live tails wait: new events cannot be read (${error}); next try in ${retryMs} ms.`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_tail_poll_failures_total',
      help: 'Polls for new events that failed.',
    },
  ],
});

export const skipFiltersNotLoaded = defineEvent<{ readonly error: string }>({
  name: 'skip-filters-not-loaded',
  level: 'warn',
  message: ({ error }) =>
    `Skip filters could not be loaded into memory (${error}); Postgres probes them instead.`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_skip_filter_load_failures_total',
      help: 'Loads of skip filters into memory that failed.',
    },
  ],
});

export interface AnswerFields {
  readonly call:
    | 'search'
    | 'similar'
    | 'count'
    | 'histogram'
    | 'facets'
    | 'field-statistics'
    | 'patterns'
    | 'context'
    | 'trace';
  readonly seconds: number;
  readonly partial: boolean;
}

export const answered = defineEvent<AnswerFields>({
  name: 'search-answered',
  level: null,
  message: ({ call }) => call,
  metrics: [
    {
      kind: 'histogram',
      name: 'penstock_search_seconds',
      help: 'Time to answer a question about the stored events.',
      labels: { call: ({ call }) => call, partial: ({ partial }) => String(partial) },
      value: ({ seconds }) => seconds,
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    },
  ],
});
