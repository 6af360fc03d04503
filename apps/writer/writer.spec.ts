import { describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { BatchWriter } from '#delivery';
import { InProcessQueue } from '#queue';
import { Telemetry } from '#telemetry';
import { MemoryStore } from '../../libs/delivery/testing/memory-store.ts';
import { BATCH_WRITER, WriterModule, type WriterParts } from './writer.module.ts';

function partsOver(memory: MemoryStore, queue: InProcessQueue): WriterParts {
  return {
    queue,
    telemetry: new Telemetry(() => undefined),
    settings: { probe: { baseMs: 1, maxMs: 2 } },
    store: {
      writer: {
        commit: async (batches) => {
          const { dispositions } = await memory.commit(batches);
          return { dispositions, groupSeq: 1, commitSeq: 1 };
        },
        probe: () => memory.probe(),
      },
    },
  };
}

const batch = { id: 'a', events: [], bytes: 1, receivedAt: 0, bodyHash: null };
const never = new AbortController().signal;

describe('WriterModule', () => {
  it('commits from the start of the application until the queue is empty at its end', async () => {
    Logger.overrideLogger(false);
    const memory = new MemoryStore();
    const queue = new InProcessQueue();
    const app = await NestFactory.createApplicationContext(
      WriterModule.register(partsOver(memory, queue)),
    );
    expect(await queue.publish(batch, never)).toEqual({ kind: 'durable' });
    const release = memory.hold();
    const last = queue.publish({ ...batch, id: 'b' }, never);
    const closed = app.close();
    release();
    await closed;
    expect(await last).toEqual({ kind: 'durable' });
    expect(await queue.publish({ ...batch, id: 'c' }, never)).toMatchObject({ kind: 'overloaded' });
    expect(memory.commits.flat().map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('finds out by its probe that the store is back', async () => {
    Logger.overrideLogger(false);
    const memory = new MemoryStore();
    const queue = new InProcessQueue({ backoff: { baseMs: 60_000, maxMs: 60_000 } });
    const app = await NestFactory.createApplicationContext(
      WriterModule.register(partsOver(memory, queue)),
    );
    memory.goAway();
    const outcome = queue.publish(batch, never);
    while (memory.probes < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(app.get<BatchWriter>(BATCH_WRITER).state).toBe('open');
    memory.comeBack();
    expect(await outcome).toEqual({ kind: 'durable' });
    await app.close();
  });
});
