import {
  Inject,
  Injectable,
  Module,
  type DynamicModule,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { BatchWriter } from '#delivery';
import { BatchesController } from './batches.controller.ts';
import { BATCH_WRITER, type WriterParts } from './writer-parts.ts';

/** Ends the writer's probes, after the transport has ended the groups. */
@Injectable()
class WriterLifecycle implements OnApplicationShutdown {
  private readonly writer: BatchWriter;

  constructor(@Inject(BATCH_WRITER) writer: BatchWriter) {
    this.writer = writer;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.writer.close();
  }
}

/** The writer, for a Nest application with the transport `LogBatchServer`. */
@Module({})
export class WriterModule {
  static register({ store, telemetry, conflicts, settings = {} }: WriterParts): DynamicModule {
    return {
      module: WriterModule,
      controllers: [BatchesController],
      providers: [
        {
          provide: BATCH_WRITER,
          useFactory: () =>
            new BatchWriter({
              store: store.writer,
              telemetry,
              settings,
              ...(conflicts !== undefined && { conflicts }),
            }),
        },
        WriterLifecycle,
      ],
      exports: [BATCH_WRITER],
    };
  }
}
