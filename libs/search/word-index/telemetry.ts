import { defineEvent } from '#telemetry';

export const indexNotAsked = defineEvent<{ readonly reason: string; readonly pauseMs: number }>({
  name: 'search_index.not_asked',
  level: 'warn',
  message: ({ reason, pauseMs }) =>
    `The search index does not answer (${reason}); for ${pauseMs} ms searches read from Postgres alone.`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_search_index_pauses_total',
      help: 'Times that the search index did not answer a search and was left alone for some seconds.',
    },
  ],
});

export interface IndexAnsweredFields {
  readonly seconds: number;
  /** The kind of its answer: what was found, or `unavailable`. */
  readonly outcome: string;
}

export const indexAnswered = defineEvent<IndexAnsweredFields>({
  name: 'search_index.answered',
  level: null,
  message: ({ outcome }) => outcome,
  metrics: [
    {
      kind: 'histogram',
      name: 'penstock_search_index_seconds',
      help: 'Time that the search index took for one question, by outcome.',
      labels: { outcome: ({ outcome }) => outcome },
      value: ({ seconds }) => seconds,
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    },
  ],
});
