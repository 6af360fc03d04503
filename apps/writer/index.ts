export { LogBatchServer } from './transport/log-batch-server.ts';
export { BATCH_WRITER, type WriterParts } from './writer-parts.ts';
export { WriterModule } from './writer.module.ts';
