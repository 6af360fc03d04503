export { BATCH_WRITER, WriterModule, type WriterParts } from './writer.module.ts';
