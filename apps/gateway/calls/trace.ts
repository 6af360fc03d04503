import { LIMITS } from '#event';

import { hitsJson } from '../hits/hit-json.ts';
import { requiredText } from '../parameters/values.ts';
import { timeBudget } from './common-parameters.ts';
import { defineReadCall, runOptions } from './read-call.ts';

export const traceCall = defineReadCall({
  name: 'trace',
  parameters: {
    traceId: requiredText({
      maxLength: LIMITS.textFieldBytes,
      description: 'The trace whose events are asked.',
    }),
    budget: timeBudget,
  },
  run: async (values, context) => {
    const events = await context.search.trace(values.traceId, runOptions(values.budget, context));
    return `{"hits":${hitsJson(events)}}`;
  },
});
