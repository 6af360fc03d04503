import { quantile, rate, type Panel } from '../panel.ts';

export const search: readonly Panel[] = [
  {
    title: 'Calls of the query API',
    description: 'Answers by call; 499 is a client that went away.',
    unit: 'reqps',
    queries: [
      {
        expr: rate('penstock_gateway_requests_total', ['call', 'status']),
        legend: '{{call}} {{status}}',
      },
    ],
  },
  {
    title: 'Time of a question',
    description:
      '99th percentile of the time to answer a question about the stored events, by call.',
    unit: 's',
    queries: [{ expr: quantile(0.99, 'penstock_search_seconds', ['call']), legend: '{{call}}' }],
  },
  {
    title: 'Partial answers',
    description: 'Share of questions that reached their time budget and were answered in part.',
    unit: 'percentunit',
    queries: [
      {
        expr: `${rate('penstock_search_seconds_count', [], 'partial="true"')} / ${rate('penstock_search_seconds_count')}`,
        legend: 'partial',
      },
    ],
  },
  {
    title: 'Errors and streams cut off',
    description:
      'Answers with 500, whose log lines have their id, and live tails that were closed because nobody read them.',
    unit: 'ops',
    queries: [
      { expr: rate('penstock_gateway_errors_total'), legend: 'errors' },
      { expr: rate('penstock_gateway_streams_cut_off_total'), legend: 'cut off' },
    ],
  },
];
