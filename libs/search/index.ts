export { createSearchService, type SearchServiceSettings } from './create-search-service.ts';
export { InvalidCursorError } from './cursor.ts';
export type { Pattern, PatternsAnswer, PatternsRequest } from './patterns/patterns.ts';
export type * from './search-service.ts';
