import { describe, expect, it } from '@jest/globals';
import { accepted, overloaded, type IngestAnswer, type IngestPipeline } from '#delivery';
import type { Batch } from '#event';
import { problem } from '#problem';
import type { PublishOutcome } from '#queue';
import { keepMessage } from '../../../libs/queue/rabbitmq/kept-message.ts';
import { encodeMessage } from '../../../libs/queue/rabbitmq/message.ts';
import { makeBatch } from '../../../libs/queue/testing/batches.ts';
import type { ReplayOutcome } from './quarantined-events.ts';
import { replayThrough } from './replay-through.ts';

const MESSAGE = encodeMessage(makeBatch(7), 'none');

/** As a version kept it that could not read it. */
function keptMessage(headers: object = {}): Buffer {
  const { body, properties } = MESSAGE;
  const all = { ...(properties.headers as object), ...headers };
  return keepMessage({ content: body, properties: { headers: all } });
}

const replayKept = (raw: Buffer, outcome: PublishOutcome) => {
  const batches: Batch[] = [];
  const pipeline = {
    republish: (batch: Batch) => {
      batches.push(batch);
      return Promise.resolve(outcome);
    },
  } as unknown as IngestPipeline;
  const replayed = replayThrough(() => pipeline)(raw, '7', new AbortController().signal);
  return { outcome: replayed, batches };
};

const replay = (answer: IngestAnswer) => {
  const requests: unknown[] = [];
  const pipeline = {
    accept: (request: unknown) => {
      requests.push(request);
      return Promise.resolve(answer);
    },
  } as unknown as IngestPipeline;
  const outcome = replayThrough(() => pipeline)(
    Buffer.from('{"message":"x"}\n'),
    '7',
    new AbortController().signal,
  );
  return { outcome, requests };
};

describe('replayThrough', () => {
  it('accepts what the intake accepts whole, under a key of the entry', async () => {
    const { outcome, requests } = replay(accepted(1, [], 'id'));
    expect(await outcome).toEqual({ kind: 'accepted' });
    expect(requests).toMatchObject([
      { idempotencyKey: 'quarantine-7', sender: { id: 'quarantine' } },
    ]);
  });

  it('rejects when any event is rejected, with the first reason', async () => {
    const { outcome } = replay(accepted(1, [{ index: 1, reason: 'message is missing' }], 'id'));
    expect(await outcome).toEqual({ kind: 'rejected', reason: 'message is missing' });
  });

  it('rejects what the intake refuses for good', async () => {
    const { outcome } = replay(problem(422, 'idempotency-key-reused', 'another body'));
    expect(await outcome).toEqual({ kind: 'rejected', reason: 'another body' });
  });

  it('is unavailable while the intake is overloaded', async () => {
    const { outcome } = replay(overloaded('overloaded', 'no room', 2_500));
    expect(await outcome).toEqual({ kind: 'unavailable', retryAfterSeconds: 3, reason: 'no room' });
  });
});

describe('replayThrough of a whole message', () => {
  it('publishes it as the batch that it is', async () => {
    const { outcome, batches } = replayKept(keptMessage(), { kind: 'durable' });
    expect(await outcome).toEqual({ kind: 'accepted' });
    expect(batches).toEqual([makeBatch(7)]);
  });

  it('rejects one that this version cannot read either', async () => {
    const { outcome, batches } = replayKept(keptMessage({ schema: 99 }), { kind: 'durable' });
    expect(await outcome).toEqual({
      kind: 'rejected',
      reason: 'schema 99 is not read here, only 1 and 2',
    });
    expect(batches).toEqual([]);
  });

  it.each<[PublishOutcome, ReplayOutcome]>([
    [
      { kind: 'overloaded', retryAfterMs: 1_500, reason: 'full' },
      { kind: 'unavailable', retryAfterSeconds: 2, reason: 'full' },
    ],
    [
      { kind: 'unknown', reason: 'no answer' },
      { kind: 'unavailable', retryAfterSeconds: 1, reason: 'no answer' },
    ],
    [
      { kind: 'conflict' },
      { kind: 'rejected', reason: 'its batchId was used for another body before' },
    ],
  ])('makes of %j what it means', async (published, expected) => {
    expect(await replayKept(keptMessage(), published).outcome).toEqual(expected);
  });
});
