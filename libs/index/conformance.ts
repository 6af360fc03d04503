import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { comparePositions, LEVELS, MICROS_PER_DAY, words, type EventPosition } from '#event';
import { indexedWords } from './index-text.ts';
import {
  MAX_CANDIDATES,
  MAX_GROUP_SEQ,
  MAX_ORDINAL,
  MAX_SEAL,
  MAX_WORDS,
  type IndexDocument,
  type IndexQuestion,
  type IndexRef,
  type SearchIndex,
} from './search-index.ts';
import { buildDocument, NOON } from './testing/build-document.ts';

const NEVER = new AbortController().signal;
const TASK_MS = 60_000;
const TEST_MS = 120_000;

const ANYTHING: IndexQuestion = {
  words: ['disk'],
  from: 0,
  to: NOON + 10 * MICROS_PER_DAY,
  levels: null,
  services: null,
  order: 'desc',
};

/** The meaning of `SearchIndex`: every adapter runs this suite. */
export function describeSearchIndex(name: string, open: () => SearchIndex): void {
  describe(`SearchIndex: ${name}`, () => {
    let index: SearchIndex;
    let prefix: string;
    let day: IndexRef;

    beforeEach(async () => {
      index = open();
      prefix = `test-${randomUUID()}`;
      day = { name: `${prefix}-2026-03-10`, seal: 7 };
      await index.create(day, NEVER);
    });

    afterEach(async () => {
      for (const found of await index.list(prefix, NEVER)) await index.drop(found.name, NEVER);
    });

    async function add(...documents: readonly IndexDocument[]): Promise<void> {
      await succeeded(index, await index.add(day.name, documents, NEVER));
    }

    /** Candidates of all pages. */
    async function found(
      change: Partial<IndexQuestion> = {},
      limit = MAX_CANDIDATES,
    ): Promise<EventPosition[]> {
      const candidates: EventPosition[] = [];
      for (;;) {
        const page = { after: candidates.at(-1) ?? null, limit };
        const answer = await index.search(day, { ...ANYTHING, ...change }, page, NEVER);
        if (answer.kind !== 'found') throw new Error(JSON.stringify(answer));
        expect(answer.candidates.length).toBeLessThanOrEqual(limit);
        candidates.push(...answer.candidates);
        if (!answer.more) return candidates;
      }
    }

    async function foundOrdinals(change: Partial<IndexQuestion> = {}): Promise<number[]> {
      return (await found(change)).map(({ ordinal }) => ordinal).sort((a, b) => a - b);
    }

    describe('indexes', () => {
      it('are listed by the prefix of their names', async () => {
        const other = { name: `${prefix}x-2026-03-10`, seal: 1 };
        await index.create(other, NEVER);
        await add(buildDocument(), buildDocument({ ordinal: 1 }));
        expect(await index.list(prefix, NEVER)).toEqual([{ ...day, documents: 2 }]);
        await index.drop(other.name, NEVER);
      });

      it('are empty and of another seal when they are made again', async () => {
        await add(buildDocument());
        await index.create({ ...day, seal: 8 }, NEVER);
        expect(await index.list(prefix, NEVER)).toEqual([
          { name: day.name, seal: 8, documents: 0 },
        ]);
        const page = { after: null, limit: 10 };
        expect(await index.search(day, ANYTHING, page, NEVER)).toEqual({ kind: 'lost' });
      });

      it('are lost when they are not there', async () => {
        const page = { after: null, limit: 10 };
        await index.drop(day.name, NEVER);
        await index.drop(day.name, NEVER);
        expect(await index.search(day, ANYTHING, page, NEVER)).toEqual({ kind: 'lost' });
        expect(await index.list(prefix, NEVER)).toEqual([]);
      });

      it('have no seal when they were made by documents alone', async () => {
        await index.drop(day.name, NEVER);
        await add(buildDocument());
        expect(await index.list(prefix, NEVER)).toEqual([
          { name: day.name, seal: null, documents: 1 },
        ]);
        const page = { after: null, limit: 10 };
        expect(await index.search(day, ANYTHING, page, NEVER)).toEqual({ kind: 'lost' });
      });

      it('take a large seal, and settings again', async () => {
        const seal = MAX_SEAL;
        await index.create({ ...day, seal }, NEVER);
        await index.configure(day.name, NEVER);
        expect(await index.list(prefix, NEVER)).toEqual([{ name: day.name, seal, documents: 0 }]);
        day = { ...day, seal };
        expect(await found()).toEqual([]);
      });
    });

    describe('documents', () => {
      it('are found once their task has succeeded', async () => {
        await add(buildDocument({ ordinal: 3 }));
        expect(await found()).toEqual([{ timestamp: NOON, groupSeq: 1, ordinal: 3 }]);
      });

      it('are replaced by those of the same position', async () => {
        await add(buildDocument());
        await add(buildDocument({ message: 'network is down' }));
        expect(await found()).toEqual([]);
        expect(await found({ words: ['network'] })).toHaveLength(1);
        expect(await index.list(prefix, NEVER)).toEqual([{ ...day, documents: 1 }]);
      });

      it('keep exact times and numbers up to the bounds', async () => {
        const last = { timestamp: NOON + 1, groupSeq: MAX_GROUP_SEQ, ordinal: MAX_ORDINAL };
        await add(buildDocument(last), buildDocument({ timestamp: NOON + 2 }));
        const [first, second] = await found();
        expect(first?.timestamp).toBe(NOON + 2);
        expect(second).toEqual(last);
      });

      it('of a task that nobody gave are unknown', async () => {
        const task = await index.add(day.name, [buildDocument()], NEVER);
        await succeeded(index, task);
        const outcomes = await index.outcomes([task + 1_000_000, task], NEVER);
        expect(outcomes).toEqual([{ kind: 'unknown' }, { kind: 'succeeded' }]);
      });
    });

    describe('words', () => {
      beforeEach(() =>
        add(
          buildDocument({ ordinal: 0, message: 'Failed to connect: timeout=30s' }),
          buildDocument({ ordinal: 1, message: 'connect failed after a time out' }),
          buildDocument({ ordinal: 2, message: 'connection_lost on server-1234 (10.11.10.1)' }),
          buildDocument({ ordinal: 3, message: 'Не удалось подключиться, Größe ΣΊΓΜΑΣ' }),
          buildDocument({ ordinal: 4, message: `${'x'.repeat(80)} the of and` }),
          buildDocument({ ordinal: 5, message: "l'été d'après, don't" }),
        ),
      );

      it.each([
        [['failed'], [0, 1]],
        [
          ['connect', 'failed'],
          [0, 1],
        ],
        [['connect', '30s'], [0]],
        [['timeout'], [0]],
        [['out'], [1]],
        [['connec'], []],
        [['conect'], []],
        [['connection', 'lost'], [2]],
        [['1234'], [2]],
        [['10', '11', '1'], [2]],
        [['подключиться'], [3]],
        [['größe'], [3]],
        [['σίγμασ'], [3]],
        [['x'.repeat(80)], [4]],
        [['the', 'of', 'and'], [4]],
        [['l', 'été'], [5]],
        [['don', 't'], [5]],
      ])('%j are in %j', async (asked, ordinals) => {
        expect(await foundOrdinals({ words: asked })).toEqual(ordinals);
      });

      it('can be as many as the bound says', async () => {
        const many = Array.from({ length: MAX_WORDS }, (_, at) => `word${at}`);
        await add(buildDocument({ ordinal: 9, message: many.join(' ') }));
        expect(await foundOrdinals({ words: many })).toEqual([9]);
        expect(await foundOrdinals({ words: [...many.slice(1), 'connect'] })).toEqual([]);
      });
    });

    describe('conditions', () => {
      const odd = ['a "quoted" name', 'back\\slash', "it's", 'größe', 'x'.repeat(400), 'a,b]'];

      it('leave out other times, the end too', async () => {
        await add(...[0, 1, 2].map((n) => buildDocument({ ordinal: n, timestamp: NOON + n })));
        expect(await foundOrdinals({ from: NOON + 1, to: NOON + 2 })).toEqual([1]);
      });

      it('leave out other levels', async () => {
        await add(...LEVELS.map((level, ordinal) => buildDocument({ ordinal, level })));
        expect(await foundOrdinals({ levels: new Set(['error', 'trace']) })).toEqual([0, 4]);
      });

      it('leave out other services', async () => {
        const services = ['api', 'API', 'auth', null];
        await add(...services.map((service, ordinal) => buildDocument({ ordinal, service })));
        const ordinals = await foundOrdinals({ services: new Set(['api', 'db']) });
        expect(ordinals).toContain(0);
        expect(ordinals).not.toContain(2);
        expect(ordinals).not.toContain(3);
      });

      it.each(odd.map((name, at) => [at, name] as const))(
        'keep services with odd names: %i',
        async (at, service) => {
          await add(...odd.map((name, ordinal) => buildDocument({ ordinal, service: name })));
          expect(await foundOrdinals({ services: new Set([service]) })).toContain(at);
        },
      );
    });

    it('gives candidates in order and page by page, ties by number', async () => {
      const documents = Array.from({ length: 60 }, (_, n) =>
        buildDocument({ timestamp: NOON + (n % 5), groupSeq: 1 + (n % 3), ordinal: n }),
      );
      await add(...documents);
      const ascending = documents.map(positionOf).sort(comparePositions);
      for (const limit of [7, 20, 1_000]) {
        expect(await found({ order: 'asc' }, limit)).toEqual(ascending);
        expect(await found({ order: 'desc' }, limit)).toEqual(ascending.toReversed());
      }
    });

    it(
      'proposes every document that fulfils the question',
      async () => {
        const letters = fc.constantFrom('a', 'B', 'é', 'ß', 'ж', 'Ω', '7', '_', '-', ' ', 'İ', 'ﬁ');
        const messages = fc.sample(fc.string({ unit: letters, maxLength: 30 }), {
          numRuns: 200,
          seed: 5,
        });
        await add(...messages.map((message, ordinal) => buildDocument({ ordinal, message })));
        for (const message of messages) {
          const asked = indexedWords(words(message)).slice(0, MAX_WORDS);
          if (asked.length === 0) continue;
          const wanted = messages.flatMap((other, ordinal) =>
            asked.every((word) => indexedWords(words(other)).includes(word)) ? [ordinal] : [],
          );
          const proposed = await foundOrdinals({ words: asked });
          expect({ message, missing: wanted.filter((n) => !proposed.includes(n)) }).toEqual({
            message,
            missing: [],
          });
        }
      },
      TEST_MS,
    );

    describe('similar texts', () => {
      const question = { ...ANYTHING, text: 'conection refused', limit: 10 };

      async function similar(change: object = {}, refs: readonly IndexRef[] = [day]) {
        const answer = await index.similar(refs, { ...question, ...change }, NEVER);
        if (answer.kind !== 'found') throw new Error(JSON.stringify(answer));
        const scores = answer.events.map(({ score }) => score);
        expect(scores).toEqual([...scores].sort((a, b) => b - a));
        expect(scores.every((score) => score > 0 && score <= 1)).toBe(true);
        return answer.events.map(({ ordinal }) => ordinal);
      }

      beforeEach(() =>
        add(
          buildDocument({ ordinal: 0, message: 'connection refused by peer', level: 'error' }),
          buildDocument({ ordinal: 1, message: 'conection refused', timestamp: NOON + 10 }),
          buildDocument({ ordinal: 2, message: 'disk is full' }),
        ),
      );

      it('are found whatever the spelling', async () => {
        expect(await similar()).toEqual(expect.arrayContaining([0, 1]));
        expect(await similar()).not.toContain(2);
        expect((await similar({ text: 'connection refused by peer' }))[0]).toBe(0);
        expect(await similar({ text: 'qwertz' })).toEqual([]);
      });

      it('keep to conditions and limit', async () => {
        expect(await similar({ from: NOON + 1 })).toEqual([1]);
        expect(await similar({ levels: new Set(['error']) })).toEqual([0]);
        expect(await similar({ limit: 1 })).toHaveLength(1);
      });

      it('are those of the indexes that are there', async () => {
        const absent = { name: `${prefix}-2026-03-11`, seal: 1 };
        expect(await similar({ from: NOON + 1 }, [absent, day])).toEqual([1]);
      });
    });

    it('is healthy', async () => {
      expect(await index.health(NEVER)).toBeNull();
    });
  });
}

function positionOf({ timestamp, groupSeq, ordinal }: EventPosition): EventPosition {
  return { timestamp, groupSeq, ordinal };
}

async function succeeded(index: SearchIndex, task: number): Promise<void> {
  const deadline = performance.now() + TASK_MS;
  for (;;) {
    const [outcome] = await index.outcomes([task], NEVER);
    if (outcome?.kind === 'succeeded') return;
    if (outcome?.kind !== 'pending' || performance.now() > deadline)
      throw new Error(`not indexed: ${JSON.stringify(outcome)}`);
    await delay(5);
  }
}
