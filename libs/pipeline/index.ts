export { API_VERSION, GROUP, KIND, PLURAL, VERSION } from './api.ts';
export { customResourceDefinition } from './crd.ts';
export { crdPage } from './crd-page.ts';
export {
  readLogPipeline,
  type LogPipeline,
  type PipelineReading,
  type StoredLogPipeline,
} from './log-pipeline.ts';
export { quantityValue } from './quantity.ts';
export type { Json, JsonObject } from './schema/json-schema.ts';
export type { LogPipelineSpec, WrittenSpec } from './spec/log-pipeline.ts';
export type { Condition, LogPipelineStatus } from './spec/status.ts';
