import type { ChannelModel } from 'amqplib';
import type { Batch } from '#event';
import type { Telemetry } from '#telemetry';
import type { DeadLetter, DeadLetterSource } from '../dead-letters.ts';
import type {
  BatchHandler,
  ConsumeOptions,
  Consumption,
  LogQueue,
  PublishOutcome,
  QueueDepth,
} from '../log-queue.ts';
import { BrokerLink } from './broker-link.ts';
import { connectBroker, virtualHostOf } from './connection.ts';
import { RabbitConsumption } from './consumption.ts';
import { takeDeadLetters } from './dead-letters.ts';
import { QueueUnavailableError } from './errors.ts';
import { inFlightBatches, inFlightBytes, publisherReady, unacknowledgedBatches } from './events.ts';
import { Publisher } from './publisher.ts';
import type { RabbitQueueSettings } from './settings.ts';
import { deadLetterQueue, declareTopology, onChannel, shardQueues } from './topology.ts';
import { within } from './within.ts';

/** A side of the queue, with a connection of its own: the broker holds up one that publishes during its alarms. */
export type QueueUse = 'publishing' | 'consuming';

export interface RabbitQueueParts {
  readonly settings: RabbitQueueSettings;
  readonly telemetry: Telemetry;
  /** Sides that are used; both by default. */
  readonly uses?: readonly QueueUse[];
  readonly random?: () => number;
  /** Gives ms that never go back. */
  readonly clock?: () => number;
}

/**
 * Batches as messages of quorum queues in RabbitMQ. `durable` means that the broker has confirmed: it has written the
 * batch to disk, on a majority of its nodes. Batches of one publisher come in the order of publishing, unless they are
 * delivered again or there are several shards.
 */
export class RabbitQueue implements LogQueue, DeadLetterSource {
  private readonly settings: RabbitQueueSettings;
  private readonly telemetry: Telemetry;
  private readonly random: () => number;
  private readonly uses: readonly QueueUse[];
  private readonly publisher: Publisher;
  private readonly links: Readonly<Record<QueueUse, BrokerLink>>;
  private readonly consumptions = new Set<RabbitConsumption>();
  /** The connection for consuming, also while it is being made useful. */
  private consuming: ChannelModel | null = null;
  private counting: Promise<number> | null = null;
  private closing: Promise<void> | null = null;

  constructor(parts: RabbitQueueParts) {
    const {
      settings,
      telemetry,
      random = () => Math.random(),
      uses = ['publishing', 'consuming'],
    } = parts;
    const clock = parts.clock ?? (() => performance.now());
    this.settings = settings;
    this.telemetry = telemetry;
    this.random = random;
    this.uses = uses;
    this.publisher = new Publisher({
      settings,
      telemetry,
      random,
      clock,
      reset: (reason) => {
        this.links.publishing.reset(reason);
      },
    });
    this.links = {
      publishing: this.link('publishing', {
        opened: (model) => this.publisher.opened(model),
        lost: (reason) => {
          this.publisher.lost(reason);
        },
      }),
      consuming: this.link('consuming', {
        opened: (model) => this.openConsuming(model),
        lost: () => {
          this.consuming = null;
          for (const consumption of this.consumptions) consumption.lost();
        },
      }),
    };
    this.observe();
  }

  /**
   * Resolves after the first attempt to connect, whether or not the broker was there; goes on trying.
   *
   * @throws QueueRefusedError if the broker was there and refused.
   */
  async start(): Promise<void> {
    await Promise.all(this.uses.map((use) => this.links[use].start()));
  }

  /** Why this side of the queue cannot be used now; null while it can. */
  readiness(use: QueueUse): string | null {
    return use === 'publishing' ? this.publisher.refusal : this.links.consuming.failure;
  }

  publish(batch: Batch, signal: AbortSignal): Promise<PublishOutcome> {
    return this.publisher.publish(batch, signal);
  }

  async consume(handler: BatchHandler, options: ConsumeOptions): Promise<Consumption> {
    const { settings, telemetry, random } = this;
    const reset = (reason: string): void => {
      this.links.consuming.reset(reason);
    };
    const consumption = new RabbitConsumption(
      { settings, telemetry, random, reset },
      handler,
      options,
    );
    this.consumptions.add(consumption);
    if (this.consuming !== null) {
      await consumption.opened(this.consuming).catch((error: unknown) => {
        reset(String(error));
      });
    }
    return {
      pause: () => consumption.pause(),
      resume: () => consumption.resume(),
      close: async () => {
        await consumption.close();
        this.consumptions.delete(consumption);
      },
    };
  }

  async takeDeadLetters(keep: (letter: DeadLetter) => Promise<void>): Promise<number> {
    const model = this.links.consuming.current;
    if (model === null) throw this.unavailable();
    return await takeDeadLetters(model, deadLetterQueue(this.settings), keep);
  }

  /** `ready`: in the broker and, handed to nobody, here; `unsettled` and `bytes`: of this process. */
  async depth(): Promise<QueueDepth> {
    this.counting ??= this.countReady().finally(() => {
      this.counting = null;
    });
    const inBroker = await within(this.settings.timeoutMs, this.counting);
    const { waiting, unacknowledged, bytes } = this.held();
    return {
      ready: inBroker + waiting,
      unsettled: this.publisher.inFlightBatches + unacknowledged - waiting,
      bytes: this.publisher.inFlightBytes + bytes,
    };
  }

  close(deadlineMs: number): Promise<void> {
    this.closing ??= this.end(deadlineMs);
    return this.closing;
  }

  private async end(deadlineMs: number): Promise<void> {
    const ended = [...this.consumptions].map((consumption) => consumption.close());
    const late = setTimeout(() => {
      for (const consumption of this.consumptions) consumption.abort();
    }, deadlineMs);
    await Promise.all([
      this.publisher.close(deadlineMs),
      within(deadlineMs + CLOSE_SLACK_MS, Promise.all(ended)).catch(() => undefined),
    ]);
    clearTimeout(late);
    await Promise.all(Object.values(this.links).map((link) => link.close()));
  }

  private link(
    name: QueueUse,
    { opened, lost }: Pick<ConstructorParameters<typeof BrokerLink>[0], 'opened' | 'lost'>,
  ): BrokerLink {
    const { settings, telemetry, random } = this;
    return new BrokerLink({
      name,
      virtualHost: virtualHostOf(settings.url),
      connect: () => connectBroker(settings, `penstock ${name}`),
      opened,
      lost,
      backoff: settings.reconnect,
      timeoutMs: settings.timeoutMs,
      random,
      telemetry,
    });
  }

  private async openConsuming(model: ChannelModel): Promise<void> {
    await declareTopology(model, this.settings, this.telemetry);
    this.consuming = model;
    await Promise.all([...this.consumptions].map((consumption) => consumption.opened(model)));
  }

  private observe(): void {
    const { telemetry, publisher } = this;
    if (this.uses.includes('publishing')) {
      telemetry.observe(publisherReady, () => (publisher.refusal === null ? 1 : 0));
      telemetry.observe(inFlightBatches, () => publisher.inFlightBatches);
      telemetry.observe(inFlightBytes, () => publisher.inFlightBytes);
    }
    if (this.uses.includes('consuming')) {
      telemetry.observe(unacknowledgedBatches, () => this.held().unacknowledged);
    }
  }

  private held(): {
    readonly waiting: number;
    readonly unacknowledged: number;
    readonly bytes: number;
  } {
    let waiting = 0;
    let unacknowledged = 0;
    let bytes = 0;
    for (const consumption of this.consumptions) {
      waiting += consumption.waitingBatches;
      unacknowledged += consumption.unacknowledged;
      bytes += consumption.unacknowledgedBytes;
    }
    return { waiting, unacknowledged, bytes };
  }

  /** What the broker has and has delivered to nobody. */
  private async countReady(): Promise<number> {
    const model = this.links.consuming.current ?? this.unblockedPublishing();
    if (model === null) throw this.unavailable();
    const counts = await onChannel(model, (channel) =>
      Promise.all(shardQueues(this.settings).map((queue) => channel.checkQueue(queue))),
    );
    return counts.reduce((sum, { messageCount }) => sum + messageCount, 0);
  }

  /** During an alarm the broker reads nothing from it, this question neither. */
  private unblockedPublishing(): ChannelModel | null {
    return this.publisher.isBlocked ? null : this.links.publishing.current;
  }

  private unavailable(): QueueUnavailableError {
    const reasons = this.uses.map((use) => this.readiness(use));
    const reason = reasons.find((each) => each !== null) ?? 'it holds up its publishers';
    return new QueueUnavailableError(`RabbitMQ is away: ${reason}`);
  }
}

/** What handlers that were told to end, and a channel, may take. */
const CLOSE_SLACK_MS = 1_500;

/**
 * Opens the queue, whether or not the broker can be reached; goes on trying.
 *
 * @throws QueueRefusedError if the broker was there and refused.
 */
export async function openRabbitQueue(parts: RabbitQueueParts): Promise<RabbitQueue> {
  const queue = new RabbitQueue(parts);
  try {
    await queue.start();
  } catch (error) {
    await queue.close(0);
    throw error;
  }
  return queue;
}
