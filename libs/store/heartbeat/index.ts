export type { PipelineEvent } from './changes.ts';
export { expireHeartbeats } from './expire-heartbeats.ts';
export type {
  AwayDependency,
  ProcessFigures,
  ProcessMeasures,
  QueueFigures,
  Rate,
  WriterFigures,
} from './figures.ts';
export { openHealthPool } from './health-pool.ts';
export type { PipelineNews } from './health-follower.ts';
export {
  Heartbeat,
  HEARTBEAT_MS,
  startHeartbeat,
  type HeartbeatParts,
  type ProcessIdentity,
} from './heartbeat.ts';
export { readIndexLag } from './index-lag.ts';
export type { ProcessKind } from './heartbeat-table.ts';
export { DEAD_AFTER_MS, type ProcessState } from './liveness.ts';
export { noticesOf, type PipelineNotice } from './notices.ts';
export type {
  AwayInfo,
  Backlog,
  BoundedCount,
  IndexLag,
  PipelineHealth,
  ProcessHealth,
} from './pipeline-health.ts';
export { pipelineMeasures, type MeasuredParts } from './pipeline-measures.ts';
export { PipelineWatch, watchPipeline, type PipelineWatchParts } from './pipeline-watch.ts';
