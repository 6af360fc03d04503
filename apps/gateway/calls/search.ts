import { performance } from 'node:perf_hooks';

import type { SearchAnswer, Selection } from '#search';

import { hitsJson, scoredHitsJson } from '../hits/hit-json.ts';
import { invalidParameters } from '../http/problem.ts';
import type { Values } from '../parameters/parameter.ts';
import { checkRange, selection } from '../parameters/selection.ts';
import { choice, flag, text } from '../parameters/values.ts';
import { limit, timeBudget } from './common-parameters.ts';
import { notSimilar } from './not-similar.ts';
import { defineReadCall, runOptions, type CallContext } from './read-call.ts';

const LONGEST_CURSOR = 4_096;

const parameters = {
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
  mode: choice({
    of: ['exact', 'similar'],
    fallback: 'exact',
    description:
      '`exact` finds what the query says, in order. `similar` finds messages like its words, whatever the spelling, the best first: from the search index alone, in one page of at most 1,000 hits, without `cursor`; `order` says nothing there. Terms that are no plain words, like fields or negations, hold exactly. What was stored in the last seconds may be missing.',
  }),
  explain: flag({ description: 'Adds `plan`: the steps that were run, each with its engine.' }),
  budget: timeBudget,
};

export const searchCall = defineReadCall({
  name: 'search',
  parameters,
  run: (values, context) => {
    checkRange(values.from, values.to);
    return values.mode === 'similar' ? similar(values, context) : exact(values, context);
  },
});

type SearchValues = Values<typeof parameters>;

async function exact(values: SearchValues, context: CallContext): Promise<string> {
  const begin = performance.now();
  const answer = await context.search.search(
    {
      ...selectionOf(values),
      limit: values.limit,
      order: values.order,
      cursor: values.cursor,
    },
    runOptions(values.budget, context),
  );
  return answerJson(hitsJson(answer.events), answer.nextCursor, answer, values, begin);
}

async function similar(values: SearchValues, context: CallContext): Promise<string> {
  if (values.cursor !== null) {
    throw invalidParameters([
      { field: 'cursor', detail: 'mode=similar has one page; leave the cursor out.' },
    ]);
  }
  const begin = performance.now();
  const answer = await context.search.similar(
    { ...selectionOf(values), limit: values.limit },
    runOptions(values.budget, context),
  );
  if (answer.kind !== 'found') throw notSimilar(answer);
  return answerJson(scoredHitsJson(answer.hits), null, answer, values, begin);
}

function selectionOf({ q, from, to }: SearchValues): Selection {
  return { query: q, from, to };
}

function answerJson(
  hits: string,
  nextCursor: string | null,
  answer: Pick<SearchAnswer, 'partial' | 'engines' | 'plan'>,
  { explain }: SearchValues,
  begin: number,
): string {
  const rest = JSON.stringify({
    nextCursor,
    partial: answer.partial,
    engines: answer.engines,
    tookMs: Math.round(performance.now() - begin),
    ...(explain && { plan: answer.plan }),
  });
  return `{"hits":${hits},${rest.slice(1)}`;
}
