import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { Batch } from '#event';
import type {
  BatchConsumer,
  BatchDisposition,
  ConsumeOptions,
  Consumption,
  Delivery,
} from '#queue';
import { GroupContext } from './group-context.ts';

/** Pattern of the one handler: a group of batches, to be stored as one. */
export const BATCHES = 'batches';

type GroupHandler = MessageHandler<readonly Batch[], GroupContext>;

/**
 * Nest transport over the consuming side of a queue. It hands each group to the `@EventPattern('batches')` handler and
 * acknowledges it, by returning the dispositions to the queue, only once the handler has completed and said them.
 *
 * Nest turns what a handler throws into an observable that it returns, so that awaiting the handler alone would
 * acknowledge groups that failed: here the observable is followed to its end.
 */
export class LogBatchServer extends Server implements CustomTransportStrategy {
  /** The queue delivers a failed group again; nothing else is to be done about the failure. */
  override readonly propagatesEventHandlerErrors = true;
  private readonly queue: BatchConsumer;
  private readonly group: ConsumeOptions;
  private consuming: Promise<Consumption> | null = null;

  constructor(queue: BatchConsumer, group: ConsumeOptions) {
    super();
    this.queue = queue;
    this.group = group;
  }

  listen(callback: (error?: unknown) => void): void {
    const handler = this.getHandlerByPattern(BATCHES);
    if (handler === null) {
      callback(new Error(`no controller handles the pattern "${BATCHES}"`));
      return;
    }
    this.consuming = this.queue.consume(
      (deliveries, signal) => this.handle(handler as GroupHandler, deliveries, signal),
      this.group,
    );
    this.consuming.then(() => {
      callback();
    }, callback);
  }

  /** Takes no further groups, waits for those that are being handled. */
  async close(): Promise<void> {
    const consumption = await this.consuming?.catch(() => null);
    await consumption?.close();
  }

  on(): never {
    throw new Error('this transport emits no events');
  }

  unwrap(): never {
    throw new Error('the queue belongs to who opened it');
  }

  private async handle(
    handler: GroupHandler,
    deliveries: readonly Delivery[],
    signal: AbortSignal,
  ): Promise<readonly BatchDisposition[]> {
    const context = new GroupContext([
      {
        attempts: deliveries.map(({ attempt }) => attempt),
        flow: {
          signal,
          pause: async () => (await this.consuming)?.pause(),
          resume: async () => (await this.consuming)?.resume(),
        },
      },
    ]);
    const result: unknown = await handler(
      deliveries.map(({ batch }) => batch),
      context,
    );
    if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
    const { dispositions } = context;
    if (dispositions?.length !== deliveries.length)
      throw new Error(
        `the handler settled ${dispositions?.length ?? 0} of ${deliveries.length} batches`,
      );
    return dispositions;
  }
}
