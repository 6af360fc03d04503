import { checkRange, selection } from '../parameters/selection.ts';
import { timeBudget } from './common-parameters.ts';
import { defineReadCall, runOptions } from './read-call.ts';

export const countCall = defineReadCall({
  name: 'count',
  parameters: { ...selection, budget: timeBudget },
  run: async (values, context) => {
    checkRange(values.from, values.to);
    const { count, partial } = await context.search.count(
      { query: values.q, from: values.from, to: values.to },
      runOptions(values.budget, context),
    );
    return JSON.stringify({ count, partial });
  },
});
