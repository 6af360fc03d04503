export { BatchTooLargeError, QueueRefusedError, QueueUnavailableError } from './errors.ts';
export { isKeptMessage, readKeptMessage } from './kept-message.ts';
export {
  openRabbitQueue,
  RabbitQueue,
  type QueueUse,
  type RabbitQueueParts,
} from './rabbit-queue.ts';
export {
  RABBIT_QUEUE_DEFAULTS,
  rabbitQueueSettings,
  type RabbitEnvironment,
  type RabbitQueueSettings,
} from './settings.ts';
