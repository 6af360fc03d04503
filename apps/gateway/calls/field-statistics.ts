import { checkRange, selection } from '../parameters/selection.ts';
import { fieldName, timeBudget } from './common-parameters.ts';
import { defineReadCall, runOptions } from './read-call.ts';

export const fieldStatisticsCall = defineReadCall({
  name: 'field-statistics',
  parameters: {
    ...selection,
    field: fieldName('The field: `service`, `metadata.latency` …'),
    budget: timeBudget,
  },
  run: async (values, context) => {
    checkRange(values.from, values.to);
    const answer = await context.search.fieldStatistics(
      { query: values.q, from: values.from, to: values.to, field: values.field },
      runOptions(values.budget, context),
    );
    return JSON.stringify(answer);
  },
});
