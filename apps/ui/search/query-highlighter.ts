import { highlightRanges, highlightTerms } from '../../../libs/query/page.ts';
import type { Highlighter } from '../results/marked-text.ts';

/** Marks in a message what a query asks of it. */
export function queryHighlighter(q: string): Highlighter {
  const terms = highlightTerms(q);
  return terms.length === 0 ? () => [] : (text) => highlightRanges(text, terms);
}
