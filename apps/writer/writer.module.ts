import {
  Inject,
  Injectable,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { BatchWriter, type BatchWriterSettings } from '#delivery';
import type { LogQueue } from '#queue';
import type { GroupWriter } from '#store';
import type { Telemetry } from '#telemetry';

/** What the writer is given, already open. */
export interface WriterParts {
  readonly queue: LogQueue;
  /** The part of a `Store` that it needs. */
  readonly store: { readonly writer: Pick<GroupWriter, 'commit' | 'probe'> };
  readonly telemetry: Telemetry;
  readonly settings?: Partial<BatchWriterSettings>;
  /** Longest wait at shutdown for what the queue has admitted, in ms. Default 2,000: ingest has waited before. */
  readonly drainMs?: number;
}

const WRITER_PARTS = Symbol('WriterParts');
/** Token of the `BatchWriter`, whose state tells whether the store takes batches. */
export const BATCH_WRITER = Symbol('BatchWriter');

/** Runs the writer from the start of the application until everything admitted is settled. */
@Injectable()
class WriterLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly parts: WriterParts;
  private readonly writer: BatchWriter;

  constructor(@Inject(WRITER_PARTS) parts: WriterParts, @Inject(BATCH_WRITER) writer: BatchWriter) {
    this.parts = parts;
    this.writer = writer;
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.writer.start();
  }

  /** After ingest has drained, which it does in an earlier phase: the queue empties through the running writer. */
  async onApplicationShutdown(): Promise<void> {
    await this.parts.queue.close(this.parts.drainMs ?? 2_000);
    await this.writer.close();
  }
}

/** The writer, for any Nest application. */
@Module({})
export class WriterModule {
  static register(parts: WriterParts): DynamicModule {
    const { queue, telemetry, settings = {} } = parts;
    return {
      module: WriterModule,
      providers: [
        { provide: WRITER_PARTS, useValue: parts },
        {
          provide: BATCH_WRITER,
          useFactory: () =>
            new BatchWriter({ queue, store: parts.store.writer, telemetry, settings }),
        },
        WriterLifecycle,
      ],
      exports: [BATCH_WRITER],
    };
  }
}
