import type { ChannelModel, ConfirmChannel } from 'amqplib';
import type { Batch } from '#event';
import type { Telemetry } from '#telemetry';
import { InFlight } from '../in-flight.ts';
import type { PublishOutcome } from '../log-queue.ts';
import { BatchTooLargeError, messageOf } from './errors.ts';
import {
  batchesRepublished,
  batchSent,
  batchUnroutable,
  publishingBlocked,
  publishingUnblocked,
  publishRefused,
  type RefusalReason,
} from './events.ts';
import { encodeMessage } from './message.ts';
import { PendingPublish } from './pending-publish.ts';
import type { RabbitQueueSettings } from './settings.ts';
import { declareTopology, markSettled, shardQueues } from './topology.ts';

/** What RabbitMQ 4 takes at most; earlier versions take more. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/** Why a batch is not taken. */
interface Refusal {
  readonly code: RefusalReason;
  /** In words. */
  readonly reason: string;
}

const CLOSING: Refusal = { code: 'closing', reason: 'the queue is closing' };
const LATE: Refusal = { code: 'late', reason: 'the wait had ended before' };
const TOO_MUCH: Refusal = { code: 'full', reason: 'too much is on its way to RabbitMQ' };

export interface PublisherParts {
  readonly settings: RabbitQueueSettings;
  readonly telemetry: Telemetry;
  readonly random: () => number;
  /** Gives ms that never go back. */
  readonly clock: () => number;
  /** Gives up the connection. */
  readonly reset: (reason: string) => void;
}

/**
 * Publishes batches, each confirmed on its own. What was sent and not confirmed when a connection broke is sent again
 * on the next one, under the same id, while its sender waits.
 */
export class Publisher {
  private readonly parts: PublisherParts;
  private readonly queues: readonly string[];
  private nextShard = 0;
  private readonly inFlight = new InFlight<PendingPublish>();
  private inFlightSize = 0;
  private channel: ConfirmChannel | null = null;
  /** Why nothing can be sent now; null when it can. */
  private obstacle: Refusal | null = { code: 'away', reason: 'not connected to RabbitMQ' };
  /** The broker's reason for taking nothing over this connection; null while it takes what is sent. */
  private blockedBy: Refusal | null = null;
  private settling: NodeJS.Timeout | null = null;
  private closed = false;
  private onEmpty: (() => void) | null = null;
  private maxMessageBytes = MAX_MESSAGE_BYTES;

  constructor(parts: PublisherParts) {
    this.parts = parts;
    this.queues = shardQueues(parts.settings);
  }

  /** Why batches are refused now; null while they are taken. */
  get refusal(): string | null {
    return this.currentRefusal?.reason ?? null;
  }

  /** True while the broker reads nothing that is sent over this connection. */
  get isBlocked(): boolean {
    return this.blockedBy !== null;
  }

  get inFlightBatches(): number {
    return this.inFlight.size;
  }

  get inFlightBytes(): number {
    return this.inFlightSize;
  }

  publish(batch: Batch, signal: AbortSignal): Promise<PublishOutcome> {
    const refusal = signal.aborted ? LATE : (this.currentRefusal ?? this.fullness(batch));
    if (refusal !== null) return Promise.resolve(this.overloaded(refusal));
    const message = encodeMessage(batch, this.parts.settings.compression);
    if (message.body.length > this.maxMessageBytes) {
      return Promise.reject(
        new BatchTooLargeError(batch.id, message.body.length, this.maxMessageBytes),
      );
    }
    return new Promise((resolve) => {
      const pending = new PendingPublish(batch, message, this.shard(), signal, resolve);
      pending.onAbandoned = () => {
        // While it is on its way it counts, since its bytes are still held.
        if (this.channel === null) this.forget(pending);
      };
      this.inFlight.add(pending);
      this.inFlightSize += batch.bytes;
      this.send(pending);
    });
  }

  /** Makes a new connection ready to publish. */
  async opened(model: ChannelModel): Promise<void> {
    const { settings, telemetry } = this.parts;
    const unsettled = await declareTopology(model, settings, telemetry);
    const channel = await model.createConfirmChannel();
    channel.on('error', (error) => {
      this.learnLimit(messageOf(error));
      this.parts.reset(messageOf(error));
    });
    channel.on('close', () => {
      if (this.channel === channel) this.parts.reset('the channel was closed');
    });
    channel.on('return', ({ properties, fields }) => {
      this.returned(String(properties.messageId), fields.routingKey);
    });
    model.on('blocked', (reason) => {
      this.blockedBy = { code: 'blocked', reason: `RabbitMQ takes no batches: ${reason}` };
      telemetry.emit(publishingBlocked, { reason });
    });
    model.on('unblocked', () => {
      this.blockedBy = null;
      telemetry.emit(publishingUnblocked, {});
    });
    if (unsettled.length === 0 || settings.settleMs === 0) this.begin(channel);
    else this.settle(model, channel, unsettled);
  }

  /** The connection is gone; what was on its way waits for the next one. */
  lost(reason: string): void {
    if (this.settling !== null) clearTimeout(this.settling);
    this.settling = null;
    this.channel = null;
    this.blockedBy = null;
    this.obstacle = { code: 'away', reason: `not connected to RabbitMQ: ${reason}` };
    for (const pending of this.inFlight) if (pending.isSettled) this.forget(pending);
  }

  /** Refuses from now on and waits for the confirms of what was sent; what is late is `unknown`. */
  async close(deadlineMs: number): Promise<void> {
    this.closed = true;
    if (this.inFlight.size > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, deadlineMs);
        this.onEmpty = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    if (this.settling !== null) clearTimeout(this.settling);
    for (const pending of this.inFlight) {
      pending.settle({ kind: 'unknown', reason: 'the queue was closed before the confirm' });
    }
  }

  private get currentRefusal(): Refusal | null {
    return this.closed ? CLOSING : (this.obstacle ?? this.blockedBy);
  }

  private fullness({ bytes }: Batch): Refusal | null {
    const { maxInFlightBatches, maxInFlightBytes } = this.parts.settings;
    if (this.inFlight.size === 0) return null;
    const isFull =
      this.inFlight.size >= maxInFlightBatches || this.inFlightSize + bytes > maxInFlightBytes;
    return isFull ? TOO_MUCH : null;
  }

  private shard(): string {
    const queue = this.queues[this.nextShard] ?? '';
    this.nextShard = (this.nextShard + 1) % this.queues.length;
    return queue;
  }

  /** A node that dies within a second of a declaration may forget the queue and what it confirmed. */
  private settle(model: ChannelModel, channel: ConfirmChannel, queues: readonly string[]): void {
    const { settings, telemetry } = this.parts;
    this.obstacle = { code: 'settling', reason: 'the queues were declared a moment ago' };
    this.settling = setTimeout(() => {
      this.settling = null;
      this.begin(channel);
      markSettled(model, queues, telemetry).catch((error: unknown) => {
        this.parts.reset(messageOf(error));
      });
    }, settings.settleMs);
  }

  private begin(channel: ConfirmChannel): void {
    this.channel = channel;
    this.obstacle = null;
    const again = [...this.inFlight];
    if (again.length > 0) this.parts.telemetry.emit(batchesRepublished, { batches: again.length });
    for (const pending of again) this.send(pending);
  }

  private send(pending: PendingPublish): void {
    const { channel } = this;
    if (channel === null) return;
    const { message, queue } = pending;
    pending.sent(this.parts.clock());
    try {
      channel.publish('', queue, message.body, message.properties, (error: unknown) => {
        this.answered(pending, error);
      });
    } catch (error) {
      // The channel is about to report its end; the batch is sent again on the next one.
      this.parts.reset(messageOf(error));
    }
  }

  private answered(pending: PendingPublish, error: unknown): void {
    if (error === null) this.confirmed(pending);
    else if (messageOf(error) === 'message nacked') {
      this.refused(pending, { code: 'full', reason: 'the queue in RabbitMQ is full' });
    }
    // Else the channel ended: whether the batch is stored is not known, and it is sent again.
  }

  private confirmed(pending: PendingPublish): void {
    if (pending.isReturned) {
      this.refused(pending, {
        code: 'missing',
        reason: `the queue ${pending.queue} is missing`,
      });
      this.parts.reset('a queue is missing');
      return;
    }
    this.finish(pending, { kind: 'durable' });
  }

  /** A refusal means that nothing is stored only where nothing was sent before. */
  private refused(pending: PendingPublish, refusal: Refusal): void {
    const outcome: PublishOutcome =
      pending.timesSent === 1
        ? this.overloaded(refusal)
        : { kind: 'unknown', reason: `${refusal.reason}, but it was sent before` };
    this.finish(pending, outcome);
  }

  private finish(pending: PendingPublish, outcome: PublishOutcome): void {
    this.parts.telemetry.emit(batchSent, {
      outcome: outcome.kind,
      bytes: pending.message.body.length,
      seconds: (this.parts.clock() - pending.sentAt) / 1_000,
    });
    pending.settle(outcome);
    this.forget(pending);
  }

  private forget(pending: PendingPublish): void {
    if (!this.inFlight.delete(pending)) return;
    this.inFlightSize -= pending.bytes;
    if (this.inFlight.size === 0) this.onEmpty?.();
  }

  private returned(batchId: string, queue: string): void {
    this.parts.telemetry.emit(batchUnroutable, { queue });
    for (const pending of this.inFlight) {
      if (pending.message.properties.messageId === batchId) pending.isReturned = true;
    }
  }

  /** A broker with a lower limit closes the channel; without this the same message would do so again and again. */
  private learnLimit(reason: string): void {
    const [, limit] = /larger than (?:configured )?max size (\d+)/.exec(reason) ?? [];
    if (limit === undefined) return;
    this.maxMessageBytes = Math.min(this.maxMessageBytes, Number(limit));
    for (const pending of this.inFlight) {
      const size = pending.message.body.length;
      if (size <= this.maxMessageBytes) continue;
      const error = new BatchTooLargeError(pending.batchId, size, this.maxMessageBytes);
      pending.settle({ kind: 'unknown', reason: error.message });
      this.forget(pending);
    }
  }

  private overloaded({ code, reason }: Refusal): PublishOutcome {
    this.parts.telemetry.emit(publishRefused, { reason: code });
    const retryAfterMs = this.parts.settings.retryAfterMs * (0.5 + this.parts.random());
    return {
      kind: 'overloaded',
      retryAfterMs: Math.ceil(retryAfterMs),
      reason,
      ...(code === 'full' && { full: true }),
    };
  }
}
