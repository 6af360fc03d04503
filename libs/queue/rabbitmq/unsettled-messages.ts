import type { ConsumeMessage } from 'amqplib';
import { InFlight } from '../in-flight.ts';

/** Messages that were delivered over one channel and are not settled, in the order of delivery. */
export class UnsettledMessages {
  private readonly messages = new InFlight<ConsumeMessage>();
  /** By consumer: the broker counts for each what it may still deliver. */
  private readonly counts = new Map<string, number>();
  private totalBytes = 0;

  get count(): number {
    return this.messages.size;
  }

  /** Of their bodies. */
  get bytes(): number {
    return this.totalBytes;
  }

  /** Whether a consumer has as many as this, so that the broker delivers nothing more to it. */
  hasConsumerWith(count: number): boolean {
    if (this.count < count) return false;
    for (const held of this.counts.values()) if (held >= count) return true;
    return false;
  }

  /** Numbers of the deliveries, oldest first. */
  tags(): readonly number[] {
    return [...this.messages].map((message) => message.fields.deliveryTag);
  }

  add(message: ConsumeMessage): void {
    this.messages.add(message);
    this.totalBytes += message.content.length;
    this.countOf(message, 1);
  }

  remove(message: ConsumeMessage): void {
    if (!this.messages.delete(message)) return;
    this.totalBytes -= message.content.length;
    this.countOf(message, -1);
  }

  clear(): void {
    this.messages.clear();
    this.counts.clear();
    this.totalBytes = 0;
  }

  private countOf({ fields: { consumerTag } }: ConsumeMessage, change: number): void {
    this.counts.set(consumerTag, (this.counts.get(consumerTag) ?? 0) + change);
  }
}
