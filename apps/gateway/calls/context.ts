import { hitsJson } from '../hits/hit-json.ts';
import { notFound } from '../http/problem.ts';
import { choice, integer, requiredText } from '../parameters/values.ts';
import { LARGEST_PAGE, timeBudget } from './common-parameters.ts';
import { defineReadCall, runOptions } from './read-call.ts';

export const contextCall = defineReadCall({
  name: 'context',
  parameters: {
    id: requiredText({
      maxLength: 40,
      form: { pattern: /^\d{1,16}-\d{1,9}$/, words: 'it must be the id of an event, like 812-17.' },
      description: 'Id of the event whose surroundings are asked.',
    }),
    before: integer({ min: 0, max: LARGEST_PAGE, fallback: 10, description: 'Older events.' }),
    after: integer({ min: 0, max: LARGEST_PAGE, fallback: 10, description: 'Newer events.' }),
    scope: choice({
      of: ['all', 'service', 'resource', 'trace'],
      fallback: 'all',
      description:
        'Narrows to events with the same service, resourceId or traceId as the event. An event without that field has no neighbours there: the answer is the event alone.',
    }),
    budget: timeBudget,
  },
  run: async (values, context) => {
    const { id, before, after, scope } = values;
    const events = await context.search.context(
      { id, before, after, scope },
      runOptions(values.budget, context),
    );
    if (events === null) throw notFound(`There is no event with the id ${id}.`);
    return `{"hits":${hitsJson(events)}}`;
  },
});
