export { createSearchService, type SearchServiceSettings } from './create-search-service.ts';
export { ColumnarUnavailableError } from './columnar/columnar-unavailable-error.ts';
export { InvalidCursorError } from './cursor.ts';
export { SearchAccess } from './search-access.ts';
export type * from './search-service.ts';
