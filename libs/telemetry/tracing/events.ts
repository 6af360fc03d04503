import { defineEvent } from '../telemetry.ts';

export const spansExported = defineEvent<{ readonly spans: number; readonly outcome: string }>({
  name: 'traces.exported',
  level: null,
  message: ({ spans, outcome }) => `${spans} span(s) ${outcome}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_traces_spans_total',
      help: 'Spans of traces that were handed to the collector, or could not be and are lost, by outcome',
      labels: { outcome: ({ outcome }) => outcome },
      value: ({ spans }) => spans,
    },
  ],
});

export const collectorLost = defineEvent<{ readonly reason: string }>({
  name: 'traces.collector_lost',
  level: 'warn',
  message: ({ reason }) =>
    `the collector of traces takes nothing (${reason}); spans are lost, logs are not`,
});

export const collectorBack = defineEvent<object>({
  name: 'traces.collector_back',
  level: 'info',
  message: () => 'the collector of traces takes spans again',
});
