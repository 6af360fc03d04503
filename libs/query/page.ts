/**
 * What the page needs of the query language. Nothing here imports RE2, Node or another library at run time.
 */
export type * from './ast.ts';
export { FIELD_NAMES, canonicalFieldName, fieldPath } from './field-names.ts';
export {
  addFilter,
  addTerm,
  listFilters,
  negateFilter,
  removeFilter,
  setFilter,
  type QueryFilter,
} from './filters.ts';
export { foldCase } from './fold-case.ts';
export { parser } from './grammar/parser.ts';
export {
  highlightRanges,
  highlightTerms,
  type HighlightRange,
  type HighlightTerm,
} from './highlight-terms.ts';
export { listWords, rewriteForeign, type QueryWord } from './loosening.ts';
export { messageTemplate, templateQuery, VARIABLE_PART } from './message-template.ts';
export { quoteFieldName, quoteValue } from './quote-value.ts';
