import type { ConsumeMessage } from 'amqplib';
import type { Batch } from '#event';
import type { Delivery } from '../log-queue.ts';
import type { DeliveryChannel } from './delivery-channel.ts';
import { messageOf } from './errors.ts';
import { decodeMessage, earlierDeliveries, sizeOf } from './message.ts';

/** A message that was delivered; decoded when it is handed over, so that what waits stays small. */
export class ReceivedBatch implements Delivery {
  /** Bounds memory without decoding. */
  readonly bytes: number;
  readonly sequence: number;
  readonly message: ConsumeMessage;
  /** The one that may settle it. */
  readonly channel: DeliveryChannel;
  private handed = 1;
  private decoded: Batch | null = null;

  constructor(message: ConsumeMessage, channel: DeliveryChannel, sequence: number) {
    this.bytes = sizeOf(message);
    this.sequence = sequence;
    this.message = message;
    this.channel = channel;
  }

  get attempt(): number {
    return earlierDeliveries(this.message) + this.handed;
  }

  /** Why it is no batch that can be read here; null where it is one. */
  get fault(): string | null {
    try {
      this.decoded ??= decodeMessage(this.message);
      return null;
    } catch (error) {
      return messageOf(error);
    }
  }

  /** @throws BatchFormatError where it has a fault. */
  get batch(): Batch {
    this.decoded ??= decodeMessage(this.message);
    return this.decoded;
  }

  /** Its handler failed; it will be handed over once more. */
  failed(): void {
    this.handed++;
  }
}
