import { setTimeout as delay } from 'node:timers/promises';
import type { ChannelModel } from 'amqplib';
import type { Telemetry } from '#telemetry';
import { backoffMs, type BackoffSettings } from '#retry';
import { cutConnection } from './connection.ts';
import { messageOf, QueueUnavailableError, refusalOf, type QueueRefusedError } from './errors.ts';
import { connected, connectFailed, connectionLost, connectRefused } from './events.ts';
import { within } from './within.ts';

export interface BrokerLinkParts {
  readonly name: 'publishing' | 'consuming';
  readonly virtualHost: string;
  readonly connect: () => Promise<ChannelModel>;
  /** Makes a new connection useful; when it rejects the connection is given up and another one made. */
  readonly opened: (model: ChannelModel) => Promise<void>;
  /** The connection is gone, or was given up before it was useful. */
  readonly lost: (reason: string) => void;
  readonly backoff: BackoffSettings;
  readonly timeoutMs: number;
  readonly random: () => number;
  readonly telemetry: Telemetry;
}

/** A connection becomes useful after several answers, each of which may be late; heartbeats tell a broker that hangs. */
const OPENING_ANSWERS = 3;
/** A broker that does not answer must not keep a process from its end. */
const CLOSE_WAIT_MS = 1_000;

/**
 * Owner of one connection: makes it, makes it again with jittered backoff whenever it breaks, and closes it. Any
 * channel that breaks takes its connection with it, so that there is one way to recover.
 */
export class BrokerLink {
  private readonly parts: BrokerLinkParts;
  private readonly closing = new AbortController();
  private model: ChannelModel | null = null;
  private broken: PromiseWithResolvers<undefined> = Promise.withResolvers();
  private running: Promise<void> = Promise.resolve();
  private reason: string | null = 'not connected yet';

  constructor(parts: BrokerLinkParts) {
    this.parts = parts;
  }

  /** Why there is no connection, null while there is one. */
  get failure(): string | null {
    return this.reason;
  }

  /** The connection, while it is open and useful. */
  get current(): ChannelModel | null {
    return this.reason === null ? this.model : null;
  }

  /**
   * Resolves after the first attempt, whether or not the broker was there; goes on trying.
   *
   * @throws QueueRefusedError if the broker was there and refused.
   */
  async start(): Promise<void> {
    const refusal = await this.attempt();
    if (refusal !== null) throw refusal;
    this.running = this.keepOpen();
  }

  /** Gives up the connection, so that another one is made. */
  reset(reason: string): void {
    const { model } = this;
    if (model === null) return;
    this.lose(model, reason);
    cutConnection(model);
  }

  /** Closes the connection, and cuts it off where the broker does not answer. */
  async close(): Promise<void> {
    if (this.isClosed) return;
    this.closing.abort();
    const { model } = this;
    this.reason = 'closed';
    this.broken.resolve(undefined);
    if (model !== null) {
      // A connection that breaks while it is being closed may not say so.
      await within(CLOSE_WAIT_MS, model.close()).catch(() => {
        cutConnection(model);
      });
    }
    // What is being connected is cut off as soon as it is.
    await within(CLOSE_WAIT_MS, this.running).catch(() => undefined);
  }

  private async keepOpen(): Promise<void> {
    let failures = 1;
    while (!this.isClosed) {
      if (this.model === null) {
        await this.rest(failures++);
        this.reportRefusal(await this.attempt());
      } else {
        failures = 1;
        await this.broken.promise;
      }
    }
  }

  private get isClosed(): boolean {
    return this.closing.signal.aborted;
  }

  /** The wait before another attempt. */
  private async rest(failures: number): Promise<void> {
    const { backoff, random } = this.parts;
    const { signal } = this.closing;
    // The only rejection is the abort.
    await delay(backoffMs(failures, backoff, random), undefined, { signal }).catch(() => undefined);
  }

  /** The refusal where there was one; other failures are reported. */
  private async attempt(): Promise<QueueRefusedError | null> {
    const { name, telemetry, virtualHost } = this.parts;
    if (this.isClosed) return null;
    try {
      await this.open();
      telemetry.emit(connected, { connection: name });
      return null;
    } catch (error) {
      const reason = messageOf(error);
      this.reason = reason;
      const refusal = refusalOf(error, virtualHost);
      if (refusal === null) telemetry.emit(connectFailed, { connection: name, reason });
      return refusal;
    }
  }

  /** Whoever starts is told by an error; later nobody is there who could be. */
  private reportRefusal(refusal: QueueRefusedError | null): void {
    if (refusal === null) return;
    const { name, telemetry } = this.parts;
    telemetry.emit(connectRefused, { connection: name, reason: refusal.message });
  }

  private async open(): Promise<void> {
    const model = await this.parts.connect();
    if (this.isClosed) {
      cutConnection(model);
      throw new QueueUnavailableError('closed');
    }
    this.broken = Promise.withResolvers();
    this.model = model;
    let cause: unknown = null;
    model.on('error', (error) => {
      cause = error;
    });
    model.on('close', (error) => {
      this.lose(model, messageOf(cause ?? error ?? 'closed'));
    });
    try {
      await within(OPENING_ANSWERS * this.parts.timeoutMs, this.parts.opened(model));
      if (this.model !== model) throw new QueueUnavailableError('the connection broke at once');
      this.reason = null;
    } catch (error) {
      this.model = null;
      cutConnection(model);
      this.parts.lost(messageOf(error));
      throw error;
    }
  }

  private lose(model: ChannelModel, reason: string): void {
    if (this.model !== model) return;
    const wasOpen = this.reason === null;
    this.model = null;
    this.reason = reason;
    this.broken.resolve(undefined);
    if (wasOpen) {
      this.parts.telemetry.emit(connectionLost, { connection: this.parts.name, reason });
    }
    this.parts.lost(reason);
  }
}
