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
