export type * from './search-service.ts';
