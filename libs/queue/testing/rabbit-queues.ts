import { randomBytes } from 'node:crypto';
import { connect } from 'amqplib';
import { Telemetry, type LogLine } from '#telemetry';
import { openRabbitQueue, type QueueUse, type RabbitQueue } from '../rabbitmq/rabbit-queue.ts';
import { RABBIT_QUEUE_DEFAULTS, type RabbitQueueSettings } from '../rabbitmq/settings.ts';

/** A queue with what it told. */
export interface ObservedQueue {
  readonly queue: RabbitQueue;
  readonly log: readonly LogLine[];
  /** Value of a counter or gauge, summed over its labels. */
  readonly metric: (name: string) => Promise<number>;
}

/** Opens queues under names of their own on one broker, and removes all of it in the end. */
export class RabbitQueues {
  private readonly url: string;
  private readonly prefixes = new Set<string>();
  private readonly opened: RabbitQueue[] = [];

  constructor(url: string) {
    this.url = url;
  }

  newPrefix(): string {
    return `test-${randomBytes(6).toString('hex')}`;
  }

  /** Short waits, and no settling: no broker is killed within a second here unless the settings say so. */
  async open(
    settings: Partial<RabbitQueueSettings> = {},
    uses?: readonly QueueUse[],
  ): Promise<ObservedQueue> {
    const log: LogLine[] = [];
    const telemetry = new Telemetry((line) => log.push(line));
    const prefix = settings.prefix ?? this.newPrefix();
    this.prefixes.add(prefix);
    const queue = await openRabbitQueue({
      settings: {
        ...RABBIT_QUEUE_DEFAULTS,
        url: this.url,
        settleMs: 0,
        retryAfterMs: 10,
        reconnect: { baseMs: 10, maxMs: 100 },
        redelivery: { baseMs: 2, maxMs: 10 },
        ...settings,
        prefix,
      },
      telemetry,
      ...(uses !== undefined && { uses }),
    });
    this.opened.push(queue);
    return { queue, log, metric: (name) => metricOf(telemetry, name) };
  }

  async close(): Promise<void> {
    await Promise.all(this.opened.map((queue) => queue.close(0)));
    const model = await connect(this.url);
    const channel = await model.createChannel();
    for (const prefix of this.prefixes) {
      for (const name of ['0', '1', '2', 'dead'])
        await channel.deleteQueue(`${prefix}.batches.${name}`);
      for (const shard of [0, 1, 2])
        await channel.deleteExchange(`${prefix}.batches.${shard}.settled`);
    }
    await model.close();
  }
}

async function metricOf(telemetry: Telemetry, name: string): Promise<number> {
  const lines = (await telemetry.metrics()).split('\n');
  return lines
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}
