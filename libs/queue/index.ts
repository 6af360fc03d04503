export type {
  BatchConsumer,
  BatchDisposition,
  BatchHandler,
  BatchPublisher,
  ConsumeOptions,
  Consumption,
  Delivery,
  LogQueue,
  PublishOutcome,
  QueueDepth,
} from './log-queue.ts';
export { observeDepth } from './depth-gauges.ts';
export { InFlight } from './in-flight.ts';
export {
  IN_PROCESS_QUEUE_DEFAULTS,
  InProcessQueue,
  type InProcessQueueSettings,
} from './in-process/in-process-queue.ts';
export { openSpool, SpoolInUseError, type OpenSpool, type SpoolState } from './spool/index.ts';
export type { DeadLetter, DeadLetterReason, DeadLetterSource } from './dead-letters.ts';
export {
  BatchTooLargeError,
  isKeptMessage,
  openRabbitQueue,
  QueueRefusedError,
  QueueUnavailableError,
  RABBIT_QUEUE_DEFAULTS,
  RabbitQueue,
  rabbitQueueSettings,
  readKeptMessage,
  type QueueUse,
  type RabbitEnvironment,
  type RabbitQueueParts,
  type RabbitQueueSettings,
} from './rabbitmq/index.ts';
