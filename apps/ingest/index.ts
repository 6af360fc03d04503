export { INGEST_PIPELINE, IngestModule, type IngestParts } from './ingest.module.ts';
export type { ReadinessCheck } from './http/operations-routes.ts';
export { INGEST_SERVER_OPTIONS } from './server-options.ts';
export { INGEST_DEFAULTS, type IngestSettings } from './settings.ts';
