import type { NotSimilar } from '#search';

import { Problem, unavailable } from '../http/problem.ts';

/** Why `mode=similar` gives no answer, and what to do instead. */
export function notSimilar(answer: NotSimilar): Problem {
  switch (answer.kind) {
    case 'no-index':
      return new Problem(501, 'no-search-index', NO_INDEX);
    case 'no-words':
      return new Problem(
        400,
        'similar-needs-words',
        'q: A search for similar messages needs a word that the index holds; numbers of five and more digits and long hexadecimal texts are not in it. Give a word, or search without mode=similar.',
      );
    case 'not-covered':
      return new Problem(
        409,
        'range-not-indexed',
        'The search index holds nothing of this range. Choose a later range, or search without mode=similar.',
      );
    case 'unavailable':
      return unavailable(
        'search-index-unavailable',
        `The search index does not answer now (${answer.reason}). Try again soon, or search without mode=similar.`,
        5,
      );
  }
}

export const NO_INDEX =
  'mode=similar needs a search index, and this pipeline has none. Set MEILI_URL to a Meilisearch server, or search without mode=similar.';
