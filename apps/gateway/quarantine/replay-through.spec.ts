import { describe, expect, it } from '@jest/globals';
import { accepted, overloaded, type IngestAnswer, type IngestPipeline } from '#delivery';
import { problem } from '#problem';
import { replayThrough } from './replay-through.ts';

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
