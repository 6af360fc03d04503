import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import type { Telemetry } from '#telemetry';
import { messageOf } from './errors.ts';
import {
  batchDelivered,
  batchesAcknowledged,
  consumerCancelled,
  staleAcknowledgements,
} from './events.ts';
import { UnsettledMessages } from './unsettled-messages.ts';

export interface DeliveryChannelParts {
  readonly queues: readonly string[];
  /** Most messages per queue that are delivered and not settled. */
  readonly prefetch: number;
  readonly telemetry: Telemetry;
  readonly delivered: (message: ConsumeMessage, channel: DeliveryChannel) => void;
  /** The channel ended, and nobody here asked for it. */
  readonly broken: (reason: string) => void;
}

/**
 * One channel that delivers. The numbers of its deliveries mean nothing to the next channel, so that what it delivered
 * is settled here or nowhere: after its end the broker delivers it again.
 */
export class DeliveryChannel {
  private readonly channel: Channel;
  private readonly parts: DeliveryChannelParts;
  private readonly unsettled = new UnsettledMessages();
  private consumerTags: readonly string[] = [];
  private ended = false;

  private constructor(channel: Channel, parts: DeliveryChannelParts) {
    this.channel = channel;
    this.parts = parts;
  }

  static async open(model: ChannelModel, parts: DeliveryChannelParts): Promise<DeliveryChannel> {
    const channel = await model.createChannel();
    const opened = new DeliveryChannel(channel, parts);
    channel.on('error', (error) => {
      opened.broke(messageOf(error));
    });
    channel.on('close', () => {
      opened.broke('the channel was closed');
    });
    await channel.prefetch(parts.prefetch);
    return opened;
  }

  get hasEnded(): boolean {
    return this.ended;
  }

  get unacknowledged(): number {
    return this.unsettled.count;
  }

  get unacknowledgedBytes(): number {
    return this.unsettled.bytes;
  }

  /** Whether a queue delivers nothing more before some of its messages are settled. */
  get isExhausted(): boolean {
    return this.unsettled.hasConsumerWith(this.parts.prefetch);
  }

  /** Delivers from now on. */
  async subscribe(): Promise<void> {
    if (this.consumerTags.length > 0) return;
    const consumers = this.parts.queues.map((queue) =>
      this.channel.consume(queue, (message) => {
        if (message === null) this.cancelled(queue);
        else this.delivered(message);
      }),
    );
    this.consumerTags = (await Promise.all(consumers)).map(({ consumerTag }) => consumerTag);
  }

  /** Delivers nothing more; what was delivered may still be settled. */
  async unsubscribe(): Promise<void> {
    const tags = this.consumerTags;
    this.consumerTags = [];
    await Promise.all(tags.map((tag) => this.channel.cancel(tag)));
  }

  /** To be called after the commit, never before. */
  acknowledge(messages: readonly ConsumeMessage[]): void {
    if (this.ended) {
      this.parts.telemetry.emit(staleAcknowledgements, { batches: messages.length });
      return;
    }
    const settled = new Map(messages.map((message) => [message.fields.deliveryTag, message]));
    const last = this.settleOldest(settled);
    try {
      // One frame for all that came before, one each for what overtook others.
      if (last !== null) this.channel.ack(last, true);
      for (const message of settled.values()) this.channel.ack(message);
    } catch (error) {
      // The channel is about to report its end, and the broker delivers them again.
      this.broke(messageOf(error));
      return;
    }
    for (const message of settled.values()) this.unsettled.remove(message);
    this.parts.telemetry.emit(batchesAcknowledged, { batches: messages.length });
  }

  /** Sends a message to the dead letters. */
  reject(message: ConsumeMessage): void {
    if (this.ended) return;
    this.unsettled.remove(message);
    try {
      this.channel.nack(message, false, false);
    } catch (error) {
      this.broke(messageOf(error));
    }
  }

  /** Gives back what is not settled. */
  async close(): Promise<void> {
    if (this.ended) return;
    this.end();
    await this.channel.close();
  }

  /** The connection is gone. */
  end(): void {
    this.ended = true;
    this.unsettled.clear();
  }

  /** Takes the settled messages before which none is unsettled out of both maps; the last of them, or null. */
  private settleOldest(settled: Map<number, ConsumeMessage>): ConsumeMessage | null {
    let last: ConsumeMessage | null = null;
    for (const tag of this.unsettled.tags()) {
      const message = settled.get(tag);
      if (message === undefined) break;
      settled.delete(tag);
      this.unsettled.remove(message);
      last = message;
    }
    return last;
  }

  private delivered(message: ConsumeMessage): void {
    if (this.ended) return;
    this.unsettled.add(message);
    this.parts.telemetry.emit(batchDelivered, {
      bytes: message.content.length,
      redelivered: message.fields.redelivered,
    });
    this.parts.delivered(message, this);
  }

  /** The broker ends a consumption when its queue is deleted. */
  private cancelled(queue: string): void {
    if (this.ended) return;
    this.parts.telemetry.emit(consumerCancelled, { queue });
    this.broke(`the consumption of ${queue} was ended`);
  }

  private broke(reason: string): void {
    if (this.ended) return;
    this.end();
    this.parts.broken(reason);
  }
}
