import { formatTimestamp, type Micros } from '#event';

import { invalidParameters, type Problem } from '../http/problem.ts';
import { formatInterval, interval } from '../parameters/duration.ts';
import { checkRange, selection } from '../parameters/selection.ts';
import { timeBudget } from './common-parameters.ts';
import { defineReadCall, runOptions } from './read-call.ts';

export const MOST_BUCKETS = 5_000;

export const histogramCall = defineReadCall({
  name: 'histogram',
  parameters: { ...selection, interval, budget: timeBudget },
  run: async (values, context) => {
    checkRange(values.from, values.to);
    checkBuckets(values.from, values.to, values.interval);
    const answer = await context.search.histogram(
      { query: values.q, from: values.from, to: values.to, intervalMicros: values.interval },
      runOptions(values.budget, context),
    );
    if (answer.buckets.length > MOST_BUCKETS) throw tooManyBuckets(answer.buckets.length);
    return JSON.stringify({
      interval: formatInterval(answer.intervalMicros),
      buckets: answer.buckets.map(({ start, counts }) => ({
        start: formatTimestamp(start),
        counts,
      })),
      partial: answer.partial,
    });
  },
});

/** Buckets are aligned to UTC, so a range may touch one more than it is long. */
function checkBuckets(from: Micros | null, to: Micros | null, width: Micros | null): void {
  if (from === null || to === null || width === null || from === to) return;
  const buckets = Math.floor((to - 1) / width) - Math.floor(from / width) + 1;
  if (buckets > MOST_BUCKETS) throw tooManyBuckets(buckets);
}

function tooManyBuckets(buckets: number): Problem {
  return invalidParameters([
    {
      field: 'interval',
      detail: `it makes ${buckets} buckets; at most ${MOST_BUCKETS} are allowed. Send a longer interval or a shorter range.`,
    },
  ]);
}
