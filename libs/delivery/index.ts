export {
  accepted,
  limited,
  overloaded,
  type IngestAnswer,
  type Rejection,
} from './ingest/answer.ts';
export {
  Admission,
  ADMISSION_DEFAULTS,
  type AdmissionDecision,
  type AdmissionSettings,
} from './ingest/admission.ts';
export type { Reservation } from './ingest/byte-budget.ts';
export {
  CONTENT_ENCODINGS,
  contentEncoding,
  inflate,
  type ContentEncoding,
  type Inflated,
} from './ingest/inflate.ts';
export type { BatchLedger, RememberedBatch } from './ingest/ledger-lookup.ts';
export {
  INGEST_PIPELINE_DEFAULTS,
  IngestPipeline,
  type IngestPipelineParts,
  type IngestPipelineSettings,
} from './ingest/pipeline.ts';
export type { IngestRequest, RequestSource } from './ingest/request.ts';
export { SHARED_BATCH_DEFAULTS, type SharedBatchSettings } from './ingest/shared-batches.ts';
export {
  BATCH_WRITER_DEFAULTS,
  BatchWriter,
  DURABLE_GROUP_DEFAULTS,
  GROUP_DEFAULTS,
  type BatchFlow,
  type BatchQuarantine,
  type BatchStore,
  type BatchWriterParts,
  type BatchWriterSettings,
} from './writer/batch-writer.ts';
export {
  DeadLetterKeeper,
  type DeadLetterKeeperParts,
  type DeadLetterQuarantine,
} from './writer/dead-letters.ts';
export type { BreakerState } from './writer/circuit-breaker.ts';
export { requestRefused } from './ingest/events.ts';
