export type * from './ast.ts';
export { FIELD_NAMES, canonicalFieldName, fieldPath } from './field-names.ts';
export { QUERY_LIMITS } from './limits.ts';
export { rewriteForeign } from './loosening.ts';
export { parseQuery } from './parse-query.ts';
export { toPredicate, type EventPredicate } from './predicate/to-predicate.ts';
export { QuerySyntaxError } from './syntax-error.ts';
export type { Bind, Condition } from './sql/condition.ts';
export { DUCKDB, DUCKDB_ASCII, POSTGRES, type Dialect } from './sql/dialect.ts';
export { toSql } from './sql/to-sql.ts';
export { TimeFormatError, parseTime } from './time.ts';
export { foldCase } from './fold-case.ts';
export { implies } from './implies.ts';
export { indexTerms, type IndexTerms, type WordIndex } from './index-terms.ts';
export { requiredKeys, type RequiredKeys } from './required-keys.ts';
export { similarTerms, type SimilarTerms } from './similar-terms.ts';
export { requiredTokens, type TokenRequirement } from './required-tokens.ts';
export { TIME_FORMS, tryParseTime } from './time.ts';
export { metadataValues } from './predicate/metadata.ts';
export { rollupFields, type RollupField } from './rollup.ts';
export { addFilter, listFilters, removeFilter, type QueryFilter } from './filters.ts';
export {
  highlightRanges,
  highlightTerms,
  type HighlightRange,
  type HighlightTerm,
} from './highlight-terms.ts';
export { messageTemplate, templateQuery, VARIABLE_PART } from './message-template.ts';
export { quoteFieldName, quoteValue } from './quote-value.ts';
