export { INGEST_PIPELINE, IngestModule, type IngestParts } from './ingest.module.ts';
export { INGEST_DEFAULTS, type IngestSettings } from './settings.ts';
