import { performance } from 'node:perf_hooks';

import { hitsJson } from '../hits/hit-json.ts';
import { checkRange, selection } from '../parameters/selection.ts';
import { choice, flag, text } from '../parameters/values.ts';
import { limit, timeBudget } from './common-parameters.ts';
import { defineReadCall, runOptions } from './read-call.ts';

const LONGEST_CURSOR = 4_096;

export const searchCall = defineReadCall({
  name: 'search',
  parameters: {
    ...selection,
    limit,
    cursor: text({
      maxLength: LONGEST_CURSOR,
      description: '`nextCursor` of the answer to continue; with the same q, from, to and order.',
    }),
    order: choice({
      of: ['desc', 'asc'],
      fallback: 'desc',
      description: '`desc` is newest first, `asc` oldest first.',
    }),
    explain: flag({ description: 'Adds `plan`: the steps that were run, each with its engine.' }),
    budget: timeBudget,
  },
  run: async (values, context) => {
    checkRange(values.from, values.to);
    const begin = performance.now();
    const answer = await context.search.search(
      {
        query: values.q,
        from: values.from,
        to: values.to,
        limit: values.limit,
        order: values.order,
        cursor: values.cursor,
      },
      runOptions(values.budget, context),
    );
    const rest = JSON.stringify({
      nextCursor: answer.nextCursor,
      partial: answer.partial,
      engines: answer.engines,
      tookMs: Math.round(performance.now() - begin),
      ...(values.explain && { plan: answer.plan }),
    });
    return `{"hits":${hitsJson(answer.events)},${rest.slice(1)}`;
  },
});
