import { checkRange, selection } from '../parameters/selection.ts';
import { fieldName, limit, timeBudget } from './common-parameters.ts';
import { defineReadCall, runOptions } from './read-call.ts';

export const facetsCall = defineReadCall({
  name: 'facets',
  parameters: {
    ...selection,
    field: fieldName('The field whose values are counted: `level`, `service`, `metadata.region` …'),
    limit,
    budget: timeBudget,
  },
  run: async (values, context) => {
    checkRange(values.from, values.to);
    const answer = await context.search.facets(
      {
        query: values.q,
        from: values.from,
        to: values.to,
        field: values.field,
        limit: values.limit,
      },
      runOptions(values.budget, context),
    );
    const { field, values: counted, partial } = answer;
    return JSON.stringify({ field, values: counted, partial });
  },
});
