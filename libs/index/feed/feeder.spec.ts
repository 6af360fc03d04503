import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MICROS_PER_DAY, type LogEvent } from '#event';
import { createRetention, JobRunner } from '#store';
import { Telemetry, type LogLine } from '#telemetry';
import { buildBatch, buildEvent, NOON } from '../../store/testing/events.ts';
import { openTestStore, type TestStore } from '../../store/testing/open-test-store.ts';
import { MAX_SEAL, type IndexQuestion } from '../search-index.ts';
import { UnreliableIndex } from '../testing/unreliable-index.ts';
import { createIndexFeeder } from './feeder.ts';
import { reindex } from './reindex.ts';
import type { FeedSettings } from './settings.ts';

const NEVER = new AbortController().signal;
const PREFIX = 'test';
const MINUTE_MS = 60_000;

/** Every message has this word, which is how the tests see all documents. */
const WORD = 'word';
const EVERYTHING: Omit<IndexQuestion, 'order'> = {
  words: [WORD],
  from: 0,
  to: NOON + 100 * MICROS_PER_DAY,
  levels: null,
  services: null,
};

let db: TestStore;
let index: UnreliableIndex;
let log: LogLine[];
let telemetry: Telemetry;
let runner: JobRunner;
let random: () => number;

beforeEach(async () => {
  db = await openTestStore();
  random = numbers(3);
  index = new UnreliableIndex(() => random());
  log = [];
  telemetry = new Telemetry((line) => log.push(line));
  runner = new JobRunner({ pool: db.store.jobPool, telemetry, random: () => 0.5 });
});

afterEach(async () => {
  await runner.close();
  await db.close();
});

/** A feeder as a process has one that has just started. */
function startFeeder(settings: Partial<FeedSettings> = {}): () => Promise<void> {
  const feeder = createIndexFeeder({
    index,
    telemetry,
    clock: () => NOON,
    newSeal: () => 1 + Math.floor(random() * MAX_SEAL),
    settings: { prefix: PREFIX, match: '', keep: null, maxLagMs: MINUTE_MS, ...settings },
  });
  return async () => {
    await runner.runOnce(feeder);
  };
}

async function commit(...events: readonly Partial<LogEvent>[]): Promise<void> {
  const batch = events.map((event) =>
    buildEvent({ ...event, message: `${WORD} ${event.message ?? ''}` }),
  );
  await db.store.writer.commit([buildBatch(batch)], NEVER);
}

/** So old that the feeder waits for no more events; by so many seconds. */
async function age(seconds = 5): Promise<void> {
  await db.query('UPDATE log_group SET committed_at = committed_at - make_interval(secs => $1)', [
    seconds,
  ]);
}

/** Every event with what the index says of it: whether it is covered, and whether it would be found. */
async function events(): Promise<
  { id: string; index: string; covered: boolean; found: boolean }[]
> {
  const found = await findable();
  const rows = await db.query(
    `SELECT group_seq || '-' || ordinal AS id, coalesce(name, '') AS index, c.index_id IS NOT NULL AS covered
     FROM log_event JOIN log_group USING (group_seq)
     LEFT JOIN search_index AS i ON name IN ('${PREFIX}-' || to_char(ts, 'YYYY-MM-DD'), '${PREFIX}-' || to_char(ts, 'YYYY-MM'))
     LEFT JOIN index_coverage AS c ON c.index_id = i.id AND commit_seq BETWEEN first_commit AND last_commit`,
  );
  return rows.map((row) => {
    const { id, index: name, covered } = row as { id: string; index: string; covered: boolean };
    return { id, index: name, covered, found: found.has(id) };
  });
}

/** Ids of what the known indexes propose, or what was left out of them. */
async function findable(): Promise<Set<string>> {
  const ids = new Set<string>();
  const known = await db.query('SELECT name, seal::float8 AS seal FROM search_index');
  for (const row of known) {
    const ref = row as unknown as { name: string; seal: number };
    const question = { ...EVERYTHING, order: 'asc' } as const;
    const answer = await index.search(ref, question, { after: null, limit: 1e6 });
    if (answer.kind !== 'found') continue;
    for (const { groupSeq, ordinal } of answer.candidates) ids.add(`${groupSeq}-${ordinal}`);
  }
  const omitted = await db.query(`SELECT group_seq || '-' || ordinal AS id FROM index_omission`);
  for (const { id } of omitted) ids.add(String(id));
  return ids;
}

async function expectAllFed(): Promise<void> {
  expect((await events()).filter(({ covered, found }) => !covered || !found)).toEqual([]);
}

/** What is covered is found, whatever else is going on; lost indexes are noticed by searches. */
async function expectTrue(): Promise<void> {
  const sealed = new Set((await index.list(PREFIX)).map(({ name }) => name));
  const lies = (await events()).filter((event) => event.covered && !event.found);
  expect(lies.filter((event) => sealed.has(event.index))).toEqual([]);
}

async function coverage(): Promise<string[]> {
  const rows = await db.query(
    `SELECT name, first_commit AS first, last_commit AS last, match, documents::int AS documents
     FROM search_index JOIN index_coverage ON index_id = id ORDER BY name, first`,
  );
  return rows.map((row) => {
    const { name, first, last, match, documents } = row as Record<string, string>;
    return `${name} ${first}..${last} ${match === '' ? '*' : match} ${documents}`;
  });
}

describe('the feeder', () => {
  it('indexes what was committed, in the indexes of its days, from the first commit on', async () => {
    const run = startFeeder();
    await commit({ timestamp: NOON }, { timestamp: NOON - MICROS_PER_DAY });
    await commit({ timestamp: NOON - 100 * MICROS_PER_DAY });
    await age();
    await run();
    await expectAllFed();
    await commit({ timestamp: NOON + 1 }, { timestamp: NOON + MICROS_PER_DAY / 2 });
    await age();
    await run();
    await expectAllFed();
    const covered = await coverage();
    expect(covered.map((line) => line.replace(/\.\.\d+/, ''))).toEqual([
      expect.stringMatching(/^test-2025-11(-\d\d)? 1 \* 1$/),
      'test-2026-03-09 1 * 1',
      'test-2026-03-10 1 * 2',
      'test-2026-03-11 1 * 1',
    ]);
    await run();
    expect(await coverage()).toEqual(covered);
  });

  it('waits for more events while they are young and few', async () => {
    const run = startFeeder();
    await commit({});
    await run();
    expect(index.calls).toEqual([]);
    await commit(...Array.from({ length: 4_000 }, () => ({})));
    await run();
    expect(index.calls).toEqual([4_001]);
    await expectAllFed();
  });

  it('sends many groups in several stretches', async () => {
    const run = startFeeder();
    for (let group = 0; group < 30; group++)
      await commit(...Array.from({ length: 600 }, (_, n) => ({ message: `${group} ${n}` })));
    await age();
    await run();
    await expectAllFed();
    expect(Math.max(...index.calls)).toBeLessThanOrEqual(5_000);
    expect(await coverage()).toHaveLength(1);
  });

  it('keeps to what is chosen', async () => {
    const run = startFeeder({ match: 'level:>=warn' });
    await commit({ level: 'error' }, { level: 'info' }, { level: 'warn' });
    await age();
    await run();
    expect([...(await findable())].sort()).toEqual(['1-0', '1-2']);
    expect(await coverage()).toEqual([
      expect.stringMatching(/^test-2026-03-10 1\.\.\d+ level:>=warn 2$/),
    ]);
  });

  it('names what the index cannot hold', async () => {
    const run = startFeeder();
    await commit({ message: 'x'.repeat(9_000) }, { message: 'short' });
    await age();
    await run();
    await expectAllFed();
    expect(await db.query('SELECT group_seq, ordinal FROM index_omission')).toEqual([
      { group_seq: '1', ordinal: 0 },
    ]);
  });

  it('goes on where another process ended', async () => {
    await commit({});
    await age();
    await startFeeder()();
    await commit({});
    await age();
    await startFeeder()();
    await expectAllFed();
    expect(index.calls).toEqual([1, 1]);
    expect(await coverage()).toHaveLength(1);
  });

  it.each(['', 'level:debug', 'level:>=warn -service:auth', 'service:(api OR web) disk'])(
    'takes %j as a choice',
    (match) => {
      expect(() => startFeeder({ match })).not.toThrow();
    },
  );

  it.each([
    ['timestamp:>now-1h', 'names a time'],
    ['a AND (', ''],
    ['level:error OR NOT timestamp:<2026-01-01', 'names a time'],
  ])('refuses %j', (match, reason) => {
    expect(() => startFeeder({ match })).toThrow(reason);
  });
});

describe('when it lags', () => {
  it('puts off what is too old, and fills it in', async () => {
    const run = startFeeder();
    await commit({ message: 'first' });
    await age();
    await run();
    for (let group = 0; group < 3; group++) await commit({ message: `old ${group}` });
    await age(90);
    await commit({ message: 'young' });
    await age(10);
    index.outcome = { kind: 'pending' };
    await run();
    index.outcome = null;
    await run();
    await expectAllFed();
    expect(log.filter(({ event }) => event === 'index.behind')).toMatchObject([
      { fields: { groups: 3 } },
    ]);
    expect(await coverage()).toHaveLength(1);
  });

  it('fills in what was there before the index, without a warning', async () => {
    for (let day = 0; day < 4; day++) await commit({ timestamp: NOON - day * MICROS_PER_DAY });
    await age(10_000);
    const run = startFeeder();
    await run();
    await expectAllFed();
    expect(log.map(({ event }) => event)).not.toContain('index.behind');
  });
});

describe('when the index fails', () => {
  it('tells it once, and goes on when it is back', async () => {
    const run = startFeeder();
    await commit({});
    await age();
    index.away = true;
    await run();
    await run();
    index.away = false;
    await until(run, async () => (await events()).every(({ found }) => found));
    await expectAllFed();
    const told = log.map(({ event }) => event).filter((event) => event.startsWith('index.feed'));
    expect(told).toEqual(['index.feed-failed', 'index.feed-resumed']);
  });

  it('leaves out the documents that it refuses', async () => {
    const run = startFeeder();
    index.poison = 'poison';
    const message = (n: number): string => (n === 17 || n === 61 ? 'poison' : 'good');
    await commit(...Array.from({ length: 100 }, (_, n) => ({ message: message(n) })));
    await age();
    await run();
    await expectAllFed();
    expect(await db.query('SELECT ordinal FROM index_omission ORDER BY ordinal')).toEqual([
      { ordinal: 17 },
      { ordinal: 61 },
    ]);
    expect(await coverage()).toEqual([expect.stringMatching(/ 98$/)]);
  });

  it.each([
    { kind: 'unknown' } as const,
    { kind: 'failed', code: 'no_space', message: 'full', documents: false } as const,
  ])('sends again what came to $kind', async (outcome) => {
    const run = startFeeder();
    await commit({});
    await age();
    index.outcome = outcome;
    await run();
    expect((await events()).map(({ covered }) => covered)).toEqual([false]);
    index.outcome = null;
    await until(run, async () => (await events()).every(({ covered }) => covered));
    await expectAllFed();
  });

  it('makes a lost index again, with another seal', async () => {
    await commit({}, { timestamp: NOON - MICROS_PER_DAY });
    await age();
    await startFeeder()();
    const before = await index.list(PREFIX);
    await index.drop('test-2026-03-10');
    await startFeeder()();
    await expectAllFed();
    const after = await index.list(PREFIX);
    expect(after.map(({ name }) => name).sort()).toEqual(before.map(({ name }) => name).sort());
    expect(sealOf(after, 'test-2026-03-09')).toBe(sealOf(before, 'test-2026-03-09'));
    expect(sealOf(after, 'test-2026-03-10')).not.toBe(sealOf(before, 'test-2026-03-10'));
  });

  it('makes an index again that has fewer documents than it had', async () => {
    await commit({}, {});
    await age();
    await startFeeder()();
    const [found] = await index.list(PREFIX);
    await index.create({ name: found!.name, seal: found!.seal! });
    await startFeeder()();
    await expectAllFed();
  });

  it('converges, whatever fails, and never covers what cannot be found', async () => {
    let run = startFeeder();
    for (let round = 0; round < 40; round++) {
      await commit(
        { timestamp: NOON + Math.floor(random() * 3 - 1) * MICROS_PER_DAY, message: `${round}` },
        { timestamp: NOON, message: random() < 0.1 ? 'x'.repeat(9_000) : 'short' },
      );
      await age(random() < 0.1 ? 90 : 3);
      index.unreliable = random() < 0.5 ? 0.3 : 0;
      if (random() < 0.1) await index.drop('test-2026-03-10').catch(() => undefined);
      if (random() < 0.3) run = startFeeder();
      await run();
      index.unreliable = 0;
      await expectTrue();
    }
    run = startFeeder();
    await until(run, async () => (await events()).every(({ covered, found }) => covered && found));
    await expectAllFed();
    expect((await coverage()).map((line) => line.split(' ')[1]?.split('..')[0])).toEqual([
      '1',
      '1',
      '1',
    ]);
  }, 120_000);
});

describe('what is not wanted any more', () => {
  it('goes with its partition', async () => {
    await commit({ timestamp: NOON }, { timestamp: NOON - 10 * MICROS_PER_DAY });
    await age();
    await startFeeder()();
    expect(await index.list(PREFIX)).toHaveLength(2);
    const policy = { rules: [], keep: 5 * MICROS_PER_DAY };
    await runner.runOnce(createRetention({ policy, clock: () => NOON, telemetry }));
    await startFeeder()();
    expect((await index.list(PREFIX)).map(({ name }) => name)).toEqual(['test-2026-03-10']);
    await expectAllFed();
  });

  it('goes when its day has ended long enough ago', async () => {
    await commit({ timestamp: NOON }, { timestamp: NOON - 10 * MICROS_PER_DAY });
    await age();
    await startFeeder()();
    await startFeeder({ keep: 5 * MICROS_PER_DAY })();
    expect((await index.list(PREFIX)).map(({ name }) => name)).toEqual(['test-2026-03-10']);
    await startFeeder()();
    await expectAllFed();
  });

  it('goes though nothing is known of it, but not what is no index of ours', async () => {
    await commit({});
    await age();
    for (const name of ['test-2020-01-01', 'test-movies', 'other-2020-01-01'])
      await index.create({ name, seal: 1 });
    await startFeeder()();
    const names = [...(await index.list(PREFIX)), ...(await index.list('other'))];
    expect(names.map(({ name }) => name).sort()).toEqual([
      'other-2020-01-01',
      'test-2026-03-10',
      'test-movies',
    ]);
  });

  it('is fed again when more is chosen, and kept when less is', async () => {
    await commit({ level: 'error' }, { level: 'info' });
    await age();
    await startFeeder({ match: 'level:error' })();
    await startFeeder({ match: '' })();
    await expectAllFed();
    const before = await coverage();
    expect(before).toEqual([expect.stringMatching(/ \* 2$/)]);
    await startFeeder({ match: 'level:error' })();
    expect(await coverage()).toEqual(before);
  });
});

describe('reindex', () => {
  const days = [0, 1, 2].map((day) => NOON - day * MICROS_PER_DAY);

  it.each([
    ['everything', { from: null, to: null }, ['08', '09', '10']],
    ['one day', { from: days[1]!, to: days[1]! + 1 }, ['09']],
    ['from a time on', { from: days[1]!, to: null }, ['09', '10']],
    ['nothing', { from: NOON + 5 * MICROS_PER_DAY, to: null }, []],
  ])('makes the indexes of %s again', async (_what, range, expected) => {
    const run = startFeeder();
    await commit({ message: 'x'.repeat(9_000), timestamp: days[1]! });
    await commit(...days.map((timestamp) => ({ timestamp })));
    await age();
    await run();
    const names = await reindex(db.store.jobPool, PREFIX, range);
    expect(names).toEqual(expected.map((day) => `test-2026-03-${day}`));
    const uncovered = new Set((await events()).flatMap((e) => (e.covered ? [] : [e.index])));
    expect([...uncovered].sort()).toEqual(names);
    await startFeeder()();
    await expectAllFed();
    const made = log.filter(({ event }) => event === 'index.made');
    expect(
      made
        .slice(3)
        .map(({ fields }) => (fields as { index: string }).index)
        .sort(),
    ).toEqual(names);
  });
});

function sealOf(
  indexes: readonly { readonly name: string; readonly seal: number | null }[],
  name: string,
): number | null | undefined {
  return indexes.find((each) => each.name === name)?.seal;
}

async function until(run: () => Promise<void>, done: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await done())) {
    if (performance.now() > deadline) throw new Error('it does not come to an end');
    await run();
  }
}

/** The same numbers each time (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
