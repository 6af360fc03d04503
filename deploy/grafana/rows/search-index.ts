import { quantile, rate, series, type Panel } from '../panel.ts';

export const index: readonly Panel[] = [
  {
    title: 'Lag of the search index',
    description:
      'Age of the oldest events that Meilisearch does not have yet; searches read them from Postgres.',
    unit: 's',
    queries: [{ expr: `max(${series('penstock_index_lag_seconds')})`, legend: 'lag' }],
  },
  {
    title: 'Documents indexed',
    description: 'Documents per second that Meilisearch has taken and that can be found.',
    unit: 'ops',
    queries: [{ expr: rate('penstock_index_documents_total'), legend: 'documents' }],
  },
  {
    title: 'Documents sent again',
    description:
      'Documents that were not taken, or not indexed, by reason; searches read them from Postgres.',
    unit: 'ops',
    queries: [{ expr: rate('penstock_index_failures_total', ['reason']), legend: '{{reason}}' }],
  },
  {
    title: 'Time of a question to the index',
    description:
      '99th percentile of what a search waits for Meilisearch, by the kind of its answer.',
    unit: 's',
    queries: [
      { expr: quantile(0.99, 'penstock_search_index_seconds', ['outcome']), legend: '{{outcome}}' },
    ],
  },
  {
    title: 'Pauses',
    description:
      'Times that the index did not answer a search and was left alone for some seconds.',
    unit: 'ops',
    queries: [{ expr: rate('penstock_search_index_pauses_total'), legend: 'pauses' }],
  },
];
