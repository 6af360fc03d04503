import { formatTimestamp, MICROS_PER_SECOND } from '#event';
import type { PatternsAnswer } from '#search';

import { checkRange, selection } from '../parameters/selection.ts';
import { integer } from '../parameters/values.ts';
import { timeBudget } from './common-parameters.ts';
import { defineReadCall, runOptions } from './read-call.ts';

export const MOST_PATTERNS = 1_000;

export const patternsCall = defineReadCall({
  name: 'patterns',
  parameters: {
    ...selection,
    limit: integer({
      min: 1,
      max: MOST_PATTERNS,
      fallback: 100,
      description: 'Most patterns of the answer.',
    }),
    budget: timeBudget,
  },
  run: async (values, context) => {
    checkRange(values.from, values.to);
    const answer = await context.search.patterns(
      { query: values.q, from: values.from, to: values.to, limit: values.limit },
      runOptions(values.budget, context),
    );
    return JSON.stringify(patternsJson(answer));
  },
});

function patternsJson({ patterns, start, slotMicros, ...rest }: PatternsAnswer): object {
  return {
    patterns: patterns.map(({ firstSeen, lastSeen, ...pattern }) => ({
      ...pattern,
      firstSeen: formatTimestamp(firstSeen),
      lastSeen: formatTimestamp(lastSeen),
    })),
    start: start === null ? null : formatTimestamp(start),
    slotSeconds: slotMicros / MICROS_PER_SECOND,
    ...rest,
  };
}
