export { announceProcess, type AnnouncedParts } from './announce-process.ts';
export type { ClosingSteps } from './closing-steps.ts';
export {
  DependencyHealth,
  type Dependency,
  type DependencyStatus,
  type Probe,
  type Readiness,
} from './dependency-health.ts';
export { openBehindProbes } from './http/behind-probes.ts';
export { serveHttp, type HttpOptions } from './http/serve-http.ts';
export { serveOperations, type OperationsServer } from './http/operations-server.ts';
export { openServerTls } from './http/tls/open-server-tls.ts';
export type { ServerTls } from './http/tls/server-tls.ts';
export { SERVER_OPTIONS } from './http/server-options.ts';
export { nestOptions } from './nest-options.ts';
export { openProcessQueue } from './open-queue.ts';
export {
  openArchive,
  openColumnarReader,
  openColumnarStorage,
  openObjectStorage,
  type OpenedStorage,
} from './open-columnar.ts';
export { openSearchIndex, type OpenedIndex } from './open-search-index.ts';
export { listensOnLoopback, openSenders } from './open-senders.ts';
export { openProcessStore } from './open-store.ts';
export { openWhenReachable, type OpeningOptions } from './open-when-reachable.ts';
export { projectFolder } from './project-folder.ts';
export { failToStart, runProcess, type ProcessContext, type StartProcess } from './run-process.ts';
export { StartupError } from './startup-error.ts';
