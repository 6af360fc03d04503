import { Controller, Inject } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { BatchWriter } from '#delivery';
import type { Batch } from '#event';
import { GroupContext } from './transport/group-context.ts';
import { BATCHES } from './transport/log-batch-server.ts';
import { BATCH_WRITER } from './writer-parts.ts';

/** Commits each group that the queue delivers. */
@Controller()
export class BatchesController {
  private readonly writer: BatchWriter;

  constructor(@Inject(BATCH_WRITER) writer: BatchWriter) {
    this.writer = writer;
  }

  @EventPattern<typeof BATCHES>(BATCHES)
  async write(@Payload() batches: readonly Batch[], @Ctx() context: GroupContext): Promise<void> {
    context.settle(await this.writer.write(batches, context.flow));
  }
}
