import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Module, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern } from '@nestjs/microservices';
import { throwError } from 'rxjs';
import { GROUP_DEFAULTS, type BatchWriter } from '#delivery';
import { nestOptions } from '#process';
import { InProcessQueue, type PublishOutcome } from '#queue';
import { Telemetry } from '#telemetry';
import { MemoryStore } from '../../libs/delivery/testing/memory-store.ts';
import { BATCH_WRITER, LogBatchServer, WriterModule } from './index.ts';

const batch = { id: 'a', events: [], bytes: 1, receivedAt: 0, bodyHash: null };
const telemetry = (): Telemetry => new Telemetry(() => undefined);
const never = new AbortController().signal;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the writer as a microservice', () => {
  let memory: MemoryStore;
  let queue: InProcessQueue;
  let app: INestMicroservice;

  const start = async (queueBackoffMs = 50): Promise<void> => {
    memory = new MemoryStore();
    queue = new InProcessQueue({ backoff: { baseMs: queueBackoffMs, maxMs: queueBackoffMs } });
    app = await NestFactory.createMicroservice(
      WriterModule.register({
        store: { writer: memory },
        telemetry: telemetry(),
        settings: { probe: { baseMs: 1, maxMs: 2 } },
      }),
      nestOptions(telemetry(), { strategy: new LogBatchServer(queue, GROUP_DEFAULTS) }),
    );
    await app.listen();
  };

  it('acknowledges what it has committed, and waits for what is being committed at its end', async () => {
    await start();
    expect(await queue.publish(batch, never)).toEqual({ kind: 'durable' });
    const release = memory.hold();
    const last = queue.publish({ ...batch, id: 'b' }, never);
    while ((await queue.depth()).ready > 0) await turn();
    const closed = app.close();
    release();
    await closed;
    expect(await last).toEqual({ kind: 'durable' });
    expect(memory.commits.flat().map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('gives back at its end what it has not begun', async () => {
    await start();
    await app.close();
    const outcome = queue.publish(batch, never);
    await turn();
    expect(await queue.depth()).toMatchObject({ ready: 1, unsettled: 0 });
    expect(memory.commits).toEqual([]);
    await queue.close(0);
    expect(await outcome).toMatchObject({ kind: 'unknown' });
  });

  it('finds out by its probe that the store is back', async () => {
    await start(60_000);
    memory.goAway();
    const outcome = queue.publish(batch, never);
    while (memory.probes < 2) await turn();
    expect(app.get<BatchWriter>(BATCH_WRITER).state).toBe('open');
    memory.comeBack();
    expect(await outcome).toEqual({ kind: 'durable' });
    await app.close();
  });
});

describe('LogBatchServer', () => {
  let app: INestMicroservice;

  @Controller()
  class ThrowingController {
    static calls = 0;

    @EventPattern<'batches'>('batches')
    write(): void {
      ThrowingController.calls++;
      throw new Error('the handler fails');
    }
  }

  @Controller()
  class FailingLaterController {
    static calls = 0;

    @EventPattern<'batches'>('batches')
    write(): unknown {
      FailingLaterController.calls++;
      return throwError(() => new Error('the stream fails'));
    }
  }

  @Controller()
  class SilentController {
    static calls = 0;

    @EventPattern<'batches'>('batches')
    write(): void {
      SilentController.calls++;
    }
  }

  afterEach(() => app.close());

  it.each([
    ['throws', ThrowingController],
    ['returns a stream that fails', FailingLaterController],
    ['says nothing of its batches', SilentController],
  ])('acknowledges nothing while its handler %s', async (_what, controller) => {
    @Module({ controllers: [controller] })
    class TestModule {}

    const queue = new InProcessQueue({ backoff: { baseMs: 1, maxMs: 1 } });
    app = await NestFactory.createMicroservice(
      TestModule,
      nestOptions(telemetry(), { strategy: new LogBatchServer(queue, GROUP_DEFAULTS) }),
    );
    await app.listen();
    let outcome: PublishOutcome | null = null;
    void queue.publish(batch, never).then((answer) => (outcome = answer));
    while (controller.calls < 3) await turn();
    expect(outcome).toBeNull();
    expect(await queue.depth()).toMatchObject({ bytes: 1 });
    await queue.close(0);
  });

  it('does not start without a handler', async () => {
    @Module({})
    class EmptyModule {}

    app = await NestFactory.createMicroservice(
      EmptyModule,
      nestOptions(telemetry(), {
        strategy: new LogBatchServer(new InProcessQueue(), GROUP_DEFAULTS),
      }),
    );
    await expect(app.listen()).rejects.toThrow('no controller handles the pattern "batches"');
  });
});
