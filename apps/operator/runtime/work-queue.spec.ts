import { describe, expect, it } from '@jest/globals';
import { waitUntil } from '../../../test/support/wait-until.ts';
import { WorkQueue, type WorkOutcome } from './work-queue.ts';

const OPTIONS = { workers: 2, backoff: { baseMs: 2, maxMs: 10 }, random: () => 1 };
const DONE: WorkOutcome = { kind: 'done' };

describe('the work queue', () => {
  it('works on a key once, however often it was added while it waited', async () => {
    const worked: string[] = [];
    const queue = new WorkQueue((key) => {
      worked.push(key);
      return Promise.resolve(DONE);
    }, OPTIONS);
    queue.pause();
    for (const key of ['a', 'b', 'a', 'a']) queue.add(key);
    queue.resume();
    await queue.close();
    expect(worked).toEqual(['a', 'b']);
  });

  it('works on a key once more when it was added meanwhile, and never twice at a time', async () => {
    const gate = Promise.withResolvers<undefined>();
    let active = 0;
    let most = 0;
    let runs = 0;
    const queue = new WorkQueue(async () => {
      runs += 1;
      most = Math.max(most, ++active);
      await gate.promise;
      active -= 1;
      return DONE;
    }, OPTIONS);
    queue.add('a');
    queue.add('a');
    queue.add('a');
    gate.resolve(undefined);
    await waitUntil('it has run twice', () => runs === 2 && queue.length === 0);
    expect(most).toBe(1);
  });

  it('has no more than its workers at a time', async () => {
    const gate = Promise.withResolvers<undefined>();
    let active = 0;
    let most = 0;
    const queue = new WorkQueue(async () => {
      most = Math.max(most, ++active);
      await gate.promise;
      active -= 1;
      return DONE;
    }, OPTIONS);
    for (const key of ['a', 'b', 'c', 'd']) queue.add(key);
    gate.resolve(undefined);
    await waitUntil('all is done', () => queue.length === 0);
    expect(most).toBe(2);
  });

  it('tries again what failed or threw, and what asked for it', async () => {
    const outcomes: (() => Promise<WorkOutcome>)[] = [
      () => Promise.reject(new Error('thrown')),
      () => Promise.resolve({ kind: 'failed' }),
      () => Promise.resolve({ kind: 'again', afterMs: 1 }),
      () => Promise.resolve(DONE),
    ];
    const queue = new WorkQueue(
      () => (outcomes.shift() ?? (() => Promise.resolve(DONE)))(),
      OPTIONS,
    );
    queue.add('a');
    await waitUntil('all outcomes were taken', () => outcomes.length === 0);
    await queue.close();
  });

  it('takes the sooner of two plans', async () => {
    let runs = 0;
    const queue = new WorkQueue(() => {
      runs += 1;
      return Promise.resolve(DONE);
    }, OPTIONS);
    queue.addAfter('a', 60_000);
    queue.addAfter('a', 1);
    await waitUntil('it has run', () => runs === 1);
    await queue.close();
  });

  it('begins nothing after its close, which waits for what was begun', async () => {
    const gate = Promise.withResolvers<undefined>();
    let ended = 0;
    const queue = new WorkQueue(async () => {
      await gate.promise;
      ended += 1;
      return DONE;
    }, OPTIONS);
    queue.add('a');
    const closed = queue.close();
    queue.add('b');
    gate.resolve(undefined);
    await closed;
    expect(ended).toBe(1);
  });

  it('lets a key rest after its work, and takes in together what came meanwhile', async () => {
    let runs = 0;
    const queue = new WorkQueue(
      () => {
        runs += 1;
        return Promise.resolve(DONE);
      },
      { ...OPTIONS, restMs: 20 },
    );
    const begun = performance.now();
    queue.add('a');
    await waitUntil('it has run', () => runs === 1);
    for (let i = 0; i < 5; i++) queue.add('a');
    await waitUntil('it has run again', () => runs === 2);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(19);
    await queue.close();
    expect(runs).toBe(2);
  });
});
