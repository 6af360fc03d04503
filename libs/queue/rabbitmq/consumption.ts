import type { ChannelModel, ConsumeMessage } from 'amqplib';
import type { Telemetry } from '#telemetry';
import { backoffMs } from '#retry';
import { GroupPump } from '../group-pump.ts';
import type { BatchHandler, ConsumeOptions, Consumption } from '../log-queue.ts';
import { WaitingBatches } from '../waiting-batches.ts';
import { DeliveryChannel } from './delivery-channel.ts';
import { messageOf } from './errors.ts';
import { batchUndecodable, handlerFailed } from './events.ts';
import { batchIdOf } from './message.ts';
import { ReceivedBatch } from './received-batch.ts';
import { prefetchOf, type RabbitQueueSettings } from './settings.ts';
import { shardQueues } from './topology.ts';
import { within } from './within.ts';

export interface ConsumptionParts {
  readonly settings: RabbitQueueSettings;
  readonly telemetry: Telemetry;
  readonly random: () => number;
  /** Gives up the connection. */
  readonly reset: (reason: string) => void;
}

/** A broker that does not answer must not keep a process from its end. */
const CLOSE_WAIT_MS = 1_000;

/**
 * - `deliveries`: a channel that delivers.
 * - `rest`: what was delivered is kept, and nothing more comes.
 * - `nothing`: no channel; the broker has everything back.
 */
type Wanted = 'deliveries' | 'rest' | 'nothing';

/**
 * One consumer of all shards. Paused, it keeps what it took for a while, since most outages are short, and then gives it
 * back by closing its channel, once: a batch held for long would run into the broker's bound on unanswered deliveries,
 * and one given back at every failure into the delivery limit.
 */
export class RabbitConsumption implements Consumption {
  private readonly parts: ConsumptionParts;
  private readonly pump: GroupPump<ReceivedBatch>;
  private readonly waiting = new WaitingBatches<ReceivedBatch>();
  private nextSequence = 0;
  private model: ChannelModel | null = null;
  private channel: DeliveryChannel | null = null;
  private wanted: Wanted = 'deliveries';
  private isClosed = false;
  /** The last of the calls to the broker, which come one after the other. */
  private calls: Promise<void> = Promise.resolve();
  private hold: NodeJS.Timeout | null = null;

  constructor(parts: ConsumptionParts, handler: BatchHandler, options: ConsumeOptions) {
    this.parts = parts;
    this.pump = new GroupPump(handler, options, {
      waiting: this.waiting,
      isExhausted: () => this.channel?.isExhausted ?? false,
      take: (batches, bytes) => this.take(batches, bytes),
      // Whatever the handler did with a batch, the queue is done with it.
      settle: (received) => {
        for (const [channel, messages] of byChannel(received)) channel.acknowledge(messages);
      },
      giveBack: (received, failure) => {
        this.giveBack(received, failure);
      },
      retryDelayMs: (attempt) => backoffMs(attempt, parts.settings.redelivery, parts.random),
    });
  }

  /** Batches that were delivered and wait for the handler. */
  get waitingBatches(): number {
    return this.waiting.length;
  }

  get unacknowledged(): number {
    return this.channel?.unacknowledged ?? 0;
  }

  get unacknowledgedBytes(): number {
    return this.channel?.unacknowledgedBytes ?? 0;
  }

  /** Goes on over a new connection. */
  opened(model: ChannelModel): Promise<void> {
    this.model = model;
    return this.adjust();
  }

  /** The connection is gone, and with it what it delivered. */
  lost(): void {
    this.model = null;
    this.channel?.end();
    this.channel = null;
    this.waiting.clear();
  }

  async pause(): Promise<void> {
    if (this.isClosed || this.wanted !== 'deliveries') return;
    this.pump.pause();
    this.hold = setTimeout(() => {
      this.wanted = 'nothing';
      void this.adjustOrReset();
    }, this.parts.settings.pauseHoldMs);
    this.wanted = 'rest';
    await this.adjustOrReset();
  }

  async resume(): Promise<void> {
    if (this.isClosed) return;
    this.endHold();
    this.wanted = 'deliveries';
    this.pump.resume();
    await this.adjustOrReset();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.endHold();
    this.wanted = 'rest';
    void this.adjustOrReset();
    await this.pump.close();
    this.wanted = 'nothing';
    await within(CLOSE_WAIT_MS, this.adjustOrReset()).catch(() => undefined);
  }

  /** Tells the running handlers to end. */
  abort(): void {
    this.pump.abort();
  }

  private endHold(): void {
    if (this.hold !== null) clearTimeout(this.hold);
    this.hold = null;
  }

  /** Brings the channel to what is wanted by the time that the calls before have ended. */
  private adjust(): Promise<void> {
    const call = this.calls.then(() => this.approach());
    this.calls = call.catch(() => undefined);
    return call;
  }

  private async adjustOrReset(): Promise<void> {
    try {
      await this.adjust();
    } catch (error) {
      this.parts.reset(messageOf(error));
    }
  }

  private async approach(): Promise<void> {
    const { model } = this;
    if (model === null) return;
    if (this.wanted === 'deliveries') {
      this.channel ??= await this.open(model);
      await this.channel?.subscribe();
    } else if (this.wanted === 'rest') await this.channel?.unsubscribe();
    else await this.release();
  }

  /** Null where the connection is gone by then. */
  private async open(model: ChannelModel): Promise<DeliveryChannel | null> {
    const { settings, telemetry, reset } = this.parts;
    const channel = await DeliveryChannel.open(model, {
      queues: shardQueues(settings),
      prefetch: prefetchOf(settings),
      telemetry,
      delivered: (message, from) => {
        this.delivered(message, from);
      },
      broken: reset,
    });
    return this.model === model ? channel : null;
  }

  private async release(): Promise<void> {
    const { channel } = this;
    this.channel = null;
    this.waiting.clear();
    await channel?.close();
  }

  private delivered(message: ConsumeMessage, channel: DeliveryChannel): void {
    this.waiting.push(new ReceivedBatch(message, channel, this.nextSequence++));
    this.pump.wake();
  }

  private take(maxBatches: number, maxBytes: number): ReceivedBatch[] {
    for (;;) {
      const taken = this.waiting.take(maxBatches, maxBytes);
      const batches = taken.filter((received) => this.isBatch(received));
      if (taken.length === 0 || batches.length > 0) return batches;
    }
  }

  private isBatch({ fault, message, channel }: ReceivedBatch): boolean {
    if (fault === null) return true;
    const batchId = batchIdOf(message) ?? '(without an id)';
    this.parts.telemetry.emit(batchUndecodable, { batchId, reason: fault });
    channel.reject(message);
    return false;
  }

  private giveBack(received: readonly ReceivedBatch[], failure: unknown): void {
    const again = received.filter(({ channel }) => !channel.hasEnded);
    for (const each of again) each.failed();
    this.waiting.putBack(again);
    this.parts.telemetry.emit(handlerFailed, {
      batches: again.length,
      reason: messageOf(failure),
    });
  }
}

function byChannel(
  received: readonly ReceivedBatch[],
): ReadonlyMap<DeliveryChannel, readonly ConsumeMessage[]> {
  const messages = new Map<DeliveryChannel, ConsumeMessage[]>();
  for (const { channel, message } of received) {
    const known = messages.get(channel);
    if (known === undefined) messages.set(channel, [message]);
    else known.push(message);
  }
  return messages;
}
