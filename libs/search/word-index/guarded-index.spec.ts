import { beforeEach, describe, expect, it } from '@jest/globals';
import type { IndexAnswer, IndexQuestion, SimilarAnswer } from '#index';
import { Telemetry } from '#telemetry';
import { GuardedIndex } from './guarded-index.ts';

const INDEX = { name: 'penstock-2026-03-10', seal: 1 };
const QUESTION: IndexQuestion = {
  words: ['disk'],
  from: 0,
  to: 1,
  levels: null,
  services: null,
  order: 'desc',
};
const FOUND: IndexAnswer = { kind: 'found', candidates: [], more: false };
const DOWN: IndexAnswer = { kind: 'unavailable', reason: 'connection refused' };

describe('GuardedIndex', () => {
  let now = 0;
  let asked = 0;
  let answer: (signal: AbortSignal) => Promise<IndexAnswer>;
  let log: string[] = [];

  const never = (): Promise<IndexAnswer> => new Promise(() => undefined);

  function guard(timeoutMs: number): GuardedIndex {
    const reader = {
      search: (_index: unknown, _question: unknown, _page: unknown, signal: AbortSignal) => {
        asked++;
        return answer(signal);
      },
      similar: (): Promise<SimilarAnswer> => Promise.resolve({ kind: 'found', events: [] }),
    };
    const telemetry = new Telemetry((line) => log.push(line.message));
    return new GuardedIndex(reader, {
      timeoutMs,
      pauseMs: 5_000,
      monotonicMs: () => now,
      telemetry,
    });
  }

  const ask = (index: GuardedIndex, signal = new AbortController().signal) =>
    index.search(INDEX, QUESTION, { after: null, limit: 10 }, signal);

  beforeEach(() => {
    now = 0;
    asked = 0;
    log = [];
    answer = () => Promise.resolve(FOUND);
  });

  it('passes answers on', async () => {
    const index = guard(1_000);
    expect(await ask(index)).toEqual(FOUND);
    answer = () => Promise.resolve({ kind: 'lost' });
    expect(await ask(index)).toEqual({ kind: 'lost' });
    expect([index.open, log]).toEqual([true, []]);
  });

  it('leaves the index alone for some seconds after a failure, and says so once', async () => {
    const index = guard(1_000);
    answer = () => Promise.resolve(DOWN);
    expect(await ask(index)).toEqual(DOWN);
    expect(index.open).toBe(false);
    now = 4_999;
    expect(await ask(index)).toMatchObject({ kind: 'unavailable' });
    expect(asked).toBe(1);
    expect(log).toEqual([
      'The search index does not answer (connection refused); for 5000 ms searches read from Postgres alone.',
    ]);
    now = 5_000;
    answer = () => Promise.resolve(FOUND);
    expect(await ask(index)).toEqual(FOUND);
    expect([asked, index.open]).toEqual([2, true]);
  });

  it('lets one question find out whether it is back', async () => {
    const index = guard(1_000);
    answer = () => Promise.resolve(DOWN);
    await ask(index);
    now = 6_000;
    const probe = Promise.withResolvers<IndexAnswer>();
    answer = () => probe.promise;
    const first = ask(index);
    expect(await ask(index)).toMatchObject({ kind: 'unavailable' });
    expect(asked).toBe(2);
    probe.resolve(FOUND);
    expect(await first).toEqual(FOUND);
    expect(index.open).toBe(true);
  });

  it('waits no longer than its limit, also for a reader that goes on', async () => {
    const index = guard(5);
    let stopped = false;
    answer = (signal) => {
      signal.addEventListener('abort', () => {
        stopped = true;
      });
      return never();
    };
    expect(await ask(index)).toEqual({ kind: 'unavailable', reason: 'no answer in time' });
    expect([stopped, index.open]).toEqual([true, false]);
  });

  it('does not blame the index for a search that is given up', async () => {
    const index = guard(1_000);
    const search = new AbortController();
    answer = (signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          resolve(DOWN);
        });
      });
    const asking = ask(index, search.signal);
    search.abort();
    await asking;
    expect([index.open, log]).toEqual([true, []]);
  });
});
