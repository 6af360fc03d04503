import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Telemetry } from '#telemetry';
import { LOCK_NAMESPACE, LOCKS } from '../advisory-locks.ts';
import { StoreUnavailableError } from '../errors.ts';
import { openStore, type Store } from '../store.ts';
import { buildBatch, buildEvent, NOON } from '../testing/events.ts';
import { startLossyProxy } from '../testing/lossy-proxy.ts';
import { openTestStore, type TestStore } from '../testing/open-test-store.ts';
import { until } from '../testing/waiting.ts';

const signal = new AbortController().signal;
const LOCK = `SELECT pg_advisory_lock(${LOCK_NAMESPACE}, ${LOCKS.commitSeq})`;
const UNLOCK = `SELECT pg_advisory_unlock(${LOCK_NAMESPACE}, ${LOCKS.commitSeq})`;
/** Backends of this database that wait for an advisory lock. */
const WAITING = `SELECT pid FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = 'advisory'`;

describe('group writer under faults', () => {
  let db: TestStore;
  let others: Store[];
  beforeEach(async () => {
    db = await openTestStore();
    others = [];
  });
  afterEach(async () => {
    await Promise.all(others.map((store) => store.close()));
    await db.close();
  });

  async function openAnother(url: string): Promise<Store> {
    const telemetry = new Telemetry(() => undefined);
    const store = await openStore({ url, telemetry, clock: () => NOON });
    others.push(store);
    return store;
  }

  async function storedEvents(): Promise<number> {
    const [row] = await db.query('SELECT count(*)::int AS count FROM log_event');
    return Number(row!['count']);
  }

  test('two writers with the same batches store each once', async () => {
    const other = await openAnother(db.url);
    for (let round = 0; round < 10; round++) {
      const batches = Array.from({ length: 20 }, (_, i) =>
        buildBatch([buildEvent({ message: `round ${round} batch ${i}` })]),
      );
      const [a, b] = await Promise.all([
        db.store.writer.commit(batches, signal),
        other.writer.commit([...batches].reverse(), signal),
      ]);
      const mirrored = [...b.dispositions].reverse();
      a.dispositions.forEach((disposition, i) => {
        expect([disposition, mirrored[i]].sort()).toEqual(['duplicate', 'stored']);
      });
    }
    expect(await storedEvents()).toBe(200);
  });

  test('a backend killed in mid-commit is unavailable, and the retry stores once', async () => {
    const batch = buildBatch([buildEvent(), buildEvent()]);
    await db.query(LOCK);
    const killed = db.store.writer.commit([batch], signal).catch((error: unknown) => error);
    await until(async () => (await db.query(WAITING)).length === 1);
    await db.query(`SELECT pg_terminate_backend(pid) FROM (${WAITING}) AS waiting`);
    const error = await killed;
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect(error).toMatchObject({ code: '57P01', permanent: false });
    await db.query(UNLOCK);
    expect(await storedEvents()).toBe(0);
    expect((await db.store.writer.commit([batch], signal)).dispositions).toEqual(['stored']);
    expect((await db.store.writer.commit([batch], signal)).dispositions).toEqual(['duplicate']);
    expect(await storedEvents()).toBe(2);
  });

  test('a lost answer to COMMIT is unavailable, and the retry says duplicate', async () => {
    const proxy = await startLossyProxy(db.url);
    const distant = await openAnother(proxy.url);
    const batch = buildBatch([buildEvent()]);
    await distant.writer.commit([buildBatch([buildEvent()])], signal);
    proxy.loseAnswer('COMMIT\0');
    await expect(distant.writer.commit([batch], signal)).rejects.toBeInstanceOf(
      StoreUnavailableError,
    );
    expect((await distant.writer.commit([batch], signal)).dispositions).toEqual(['duplicate']);
    expect(await storedEvents()).toBe(2);
    await proxy.close();
  });

  test('a commit that is called off ends at once and stores nothing', async () => {
    const batch = buildBatch([buildEvent()]);
    const calling = new AbortController();
    await db.query(LOCK);
    const commit = db.store.writer.commit([batch], calling.signal).catch((error: unknown) => error);
    await until(async () => (await db.query(WAITING)).length === 1);
    calling.abort();
    expect(await commit).toMatchObject({ name: 'StoreUnavailableError', code: 'aborted' });
    // The server notices the closed connection only when the lock is given.
    await db.query(`SELECT pg_terminate_backend(pid) FROM (${WAITING}) AS waiting`);
    await until(async () => (await db.query(WAITING)).length === 0);
    await db.query(UNLOCK);
    expect(await storedEvents()).toBe(0);
    await expect(db.store.writer.commit([batch], calling.signal)).rejects.toMatchObject({
      code: 'aborted',
    });
    expect((await db.store.writer.commit([batch], signal)).dispositions).toEqual(['stored']);
  });

  test('a store that cannot be reached any more is unavailable', async () => {
    await db.store.writePool.end();
    await expect(
      db.store.writer.commit([buildBatch([buildEvent()])], signal),
    ).rejects.toBeInstanceOf(StoreUnavailableError);
    await expect(db.store.writer.probe()).rejects.toBeInstanceOf(StoreUnavailableError);
  });

  test('waits out another session that holds a lock on the events', async () => {
    const busy: number[] = [];
    const store = await openStore({
      url: db.url,
      telemetry: new Telemetry(({ event }) => {
        if (event === 'store.partitions_busy') busy.push(busy.length);
      }),
      clock: () => NOON,
    });
    others.push(store);
    await db.query('BEGIN; LOCK TABLE log_event IN ACCESS EXCLUSIVE MODE');
    const commit = store.writer.commit([buildBatch([buildEvent()])], signal);
    await until(() => busy.length > 0);
    await db.query('COMMIT');
    expect((await commit).dispositions).toEqual(['stored']);
  });

  test('commit_seq appears strictly in order while several writers commit', async () => {
    const other = await openAnother(db.url);
    const running = new AbortController();
    const seen: number[] = [];
    const watch = (async () => {
      while (!running.signal.aborted) {
        const rows = await db.query(
          'SELECT commit_seq::int AS seq FROM log_group WHERE commit_seq > $1 ORDER BY commit_seq',
          [seen.at(-1) ?? 0],
        );
        seen.push(...rows.map(({ seq }) => Number(seq)));
      }
    })();
    const write = async (store: Store) => {
      for (let i = 0; i < 50; i++) {
        await store.writer.commit([buildBatch([buildEvent(), buildEvent()])], signal);
      }
    };
    await Promise.all([db.store, db.store, other, other].map(write));
    await until(() => seen.length >= 200);
    running.abort();
    await watch;
    // What appears late, behind a higher number, would be missing from what a follower has seen.
    const rows = await db.query('SELECT commit_seq::int AS seq FROM log_group ORDER BY commit_seq');
    expect(seen).toEqual(rows.map(({ seq }) => seq));
  });
});
