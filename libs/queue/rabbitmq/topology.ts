import type { Channel, ChannelModel, Options } from 'amqplib';
import type { Telemetry } from '#telemetry';
import { messageOf, QueueRefusedError, replyCodeOf } from './errors.ts';
import { notDeclared, queueDeclared } from './events.ts';
import type { RabbitQueueSettings } from './settings.ts';

const NOT_FOUND = 404;
/** Some limit must be given: where none is, RabbitMQ 4 takes 20 and then drops the message. */
const NO_DELIVERY_LIMIT = 1_000_000_000;

/** Names of the queues that carry batches, one per shard. */
export function shardQueues({ prefix, shards }: RabbitQueueSettings): string[] {
  return Array.from({ length: shards }, (_, shard) => `${prefix}.batches.${shard}`);
}

/** Name of the queue that takes what no writer could settle. */
export function deadLetterQueue({ prefix }: RabbitQueueSettings): string {
  return `${prefix}.batches.dead`;
}

/**
 * An exchange without bindings whose existence says that its queue is older than `settleMs`: AMQP tells no age, and
 * another process may have declared the queue a moment ago.
 */
function settledMark(queue: string): string {
  return `${queue}.settled`;
}

/**
 * Makes sure that all queues exist. What exists with other arguments is used as it is, and reported.
 *
 * Quorum queues only: of all kinds they alone confirm after an fsync. `reject-publish` turns a full queue into a
 * refusal, and together with the at-least-once strategy keeps dead letters in their queue until the other has them.
 *
 * All queues are asked about at once: with one after the other, a broker or a process that is slow to answer would be
 * given up before it had answered for all.
 *
 * @returns the names of queues that are not known to be settled.
 * @throws QueueRefusedError if a queue is missing and the user may not declare it.
 */
export async function declareTopology(
  model: ChannelModel,
  settings: RabbitQueueSettings,
  telemetry: Telemetry,
): Promise<string[]> {
  const queues = shardQueues(settings);
  const [, ...settled] = await Promise.all([
    declareDeadLetters(model, settings, telemetry),
    ...queues.map((queue) => declareShard(model, settings, telemetry, queue)),
  ]);
  return queues.filter((_, shard) => settled[shard] !== true);
}

const BOUNDS = { 'x-queue-type': 'quorum', 'x-overflow': 'reject-publish' };

async function declareDeadLetters(
  model: ChannelModel,
  settings: RabbitQueueSettings,
  telemetry: Telemetry,
): Promise<void> {
  const queue = deadLetterQueue(settings);
  const existed = await queueExists(model, queue);
  await declare(
    model,
    telemetry,
    { queue, existed },
    {
      ...BOUNDS,
      'x-max-length-bytes': settings.maxQueueBytes,
      'x-delivery-limit': NO_DELIVERY_LIMIT,
    },
  );
}

/** Resolves with whether the queue is known to be settled. */
async function declareShard(
  model: ChannelModel,
  settings: RabbitQueueSettings,
  telemetry: Telemetry,
  queue: string,
): Promise<boolean> {
  const mark = settledMark(queue);
  // Before the queue is there, so that nobody who finds it finds the mark of the one that it replaces.
  const existed = await queueExists(model, queue);
  if (!existed) await forget(model, mark, telemetry);
  await declare(
    model,
    telemetry,
    { queue, existed },
    {
      ...BOUNDS,
      'x-max-length-bytes': settings.maxQueueBytes,
      'x-delivery-limit': settings.deliveryLimit,
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': deadLetterQueue(settings),
      'x-dead-letter-strategy': 'at-least-once',
    },
  );
  return existed && (await exists(model, (channel) => channel.checkExchange(mark)));
}

/** Leaves word for other processes that the queues are settled. */
export async function markSettled(
  model: ChannelModel,
  queues: readonly string[],
  telemetry: Telemetry,
): Promise<void> {
  for (const queue of queues) {
    const name = settledMark(queue);
    try {
      await onChannel(model, (channel) =>
        channel.assertExchange(name, 'fanout', { durable: true }),
      );
    } catch (error) {
      // Without it the next process waits once more.
      telemetry.emit(notDeclared, { name, reason: messageOf(error) });
    }
  }
}

/** A mark of a queue that was deleted says nothing of the one that was declared in its place. */
async function forget(model: ChannelModel, mark: string, telemetry: Telemetry): Promise<void> {
  try {
    await onChannel(model, (channel) => channel.deleteExchange(mark));
  } catch (error) {
    if (replyCodeOf(error) === null) throw error;
    telemetry.emit(notDeclared, { name: mark, reason: messageOf(error) });
  }
}

function queueExists(model: ChannelModel, queue: string): Promise<boolean> {
  return exists(model, (channel) => channel.checkQueue(queue));
}

interface QueueToDeclare {
  readonly queue: string;
  readonly existed: boolean;
}

async function declare(
  model: ChannelModel,
  telemetry: Telemetry,
  { queue, existed }: QueueToDeclare,
  queueArguments: object,
): Promise<void> {
  const options: Options.AssertQueue = { durable: true, arguments: queueArguments };
  try {
    await onChannel(model, (channel) => channel.assertQueue(queue, options));
  } catch (error) {
    if (replyCodeOf(error) === null) throw error;
    const reason = messageOf(error);
    if (!existed) {
      const message = `The queue ${queue} does not exist and RabbitMQ does not create it: ${reason}`;
      throw new QueueRefusedError('permission', message, error);
    }
    telemetry.emit(notDeclared, { name: queue, reason });
    return;
  }
  if (!existed) telemetry.emit(queueDeclared, { queue });
}

async function exists(
  model: ChannelModel,
  check: (channel: Channel) => Promise<unknown>,
): Promise<boolean> {
  try {
    await onChannel(model, check);
    return true;
  } catch (error) {
    if (replyCodeOf(error) === NOT_FOUND) return false;
    throw error;
  }
}

/** Runs one call on a channel of its own: the broker closes the channel of a call that fails. */
export async function onChannel<Result>(
  model: ChannelModel,
  call: (channel: Channel) => Promise<Result>,
): Promise<Result> {
  const channel = await model.createChannel();
  // The call itself rejects too; without a listener the error would end the process.
  channel.on('error', () => undefined);
  const result = await call(channel);
  await channel.close();
  return result;
}
