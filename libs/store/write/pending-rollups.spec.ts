import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { MICROS_PER_DAY, MICROS_PER_MINUTE, type LogEvent, type Micros } from '#event';
import { Telemetry, type LogLine } from '#telemetry';
import { createFoldGroups, createRetention, JobRunner } from '../jobs/index.ts';
import { openStore, type Store } from '../store.ts';
import { buildBatch, buildEvent, NOON } from '../testing/events.ts';
import { startLossyProxy } from '../testing/lossy-proxy.ts';
import { openTestStore, type TestStore } from '../testing/open-test-store.ts';
import { until } from '../testing/waiting.ts';
import type { Group } from './group.ts';
import { LEFT_AFTER, PendingRollups, PENDING_ROLLUPS_DEFAULTS } from './pending-rollups.ts';

const signal = new AbortController().signal;
const NOTHING_OWN = { minutes: null, hours: null };

/** Minutes, level and service of all events, and what the rollups say of them; hours alike. */
const TRUTH = {
  minutes: `SELECT date_trunc('minute', ts) AS start, level, service, count(*)::int AS events
    FROM log_event GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
  hours: `SELECT date_trunc('hour', ts) AS start, service, resource_id, level, count(*)::int AS events
    FROM log_event GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`,
};
const ROLLUPS = {
  minutes: `SELECT minute AS start, level, service, sum(events)::int AS events
    FROM rollup_minute GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
  hours: `SELECT hour AS start, service, resource_id, level, sum(events)::int AS events
    FROM rollup_hour GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`,
};
/** Every event is under a pending group or in a rollup, in each of the two. */
const ACCOUNTED = `SELECT
  (SELECT coalesce(sum(events), 0) FROM rollup_minute)::int
    + (SELECT coalesce(sum(events), 0) FROM log_group WHERE NOT minute_rollup)::int AS minutes,
  (SELECT coalesce(sum(events), 0) FROM rollup_hour)::int
    + (SELECT coalesce(sum(events), 0) FROM log_group WHERE NOT hour_rollup)::int AS hours,
  (SELECT count(*) FROM log_event)::int AS events`;

describe('rollups of groups with too many keys', () => {
  let db: TestStore;
  let now: Micros;
  let left: LogLine[];
  let runner: JobRunner;
  let others: Store[];
  let serial = 0;

  const telemetry = new Telemetry((record) => {
    if (record.event === 'store.rollups_left') left.push(record);
  });

  beforeEach(async () => {
    now = NOON;
    left = [];
    others = [];
    db = await openTestStore({ telemetry, clock: () => now });
    runner = new JobRunner({ pool: db.store.jobPool, telemetry, random: () => 0.5 });
  });
  afterEach(async () => {
    await runner.close();
    await Promise.all(others.map((store) => store.close()));
    await db.close();
  });

  async function another(url = db.url): Promise<Store> {
    const store = await openStore({ url, telemetry, clock: () => now });
    others.push(store);
    return store;
  }

  function commit(events: readonly LogEvent[], store = db.store): Promise<unknown> {
    return store.writer.commit([buildBatch(events)], signal);
  }

  /** Few events of many keys: pending for the minutes or the hours, or for both. */
  function group(size = 1 + (serial % 9)): LogEvent[] {
    return Array.from({ length: size }, () => {
      serial++;
      return buildEvent({
        timestamp: NOON - (serial % 3) * 40 * MICROS_PER_MINUTE - (serial % 2) * MICROS_PER_DAY,
        level: serial % 7 === 0 ? 'error' : 'info',
        service: serial % 5 === 0 ? null : 'db',
        resourceId: `server-${serial % 6}`,
      });
    });
  }

  async function pendingGroups(): Promise<number> {
    const rows = await db.query('SELECT FROM log_group WHERE NOT (minute_rollup AND hour_rollup)');
    return rows.length;
  }

  async function expectRollupsToBeTrue(): Promise<void> {
    expect(await pendingGroups()).toBe(0);
    expect(await db.query(ROLLUPS.minutes)).toEqual(await db.query(TRUTH.minutes));
    expect(await db.query(ROLLUPS.hours)).toEqual(await db.query(TRUTH.hours));
  }

  test('are appended for many groups at once, and count each event once', async () => {
    for (let i = 0; i < 30; i++) await commit(group());
    // Pending for the hours alone.
    await commit(Array.from({ length: 20 }, (_, i) => buildEvent({ resourceId: `r${i}` })));
    expect(await pendingGroups()).toBeGreaterThan(20);
    await db.store.writer.flushRollups();
    await expectRollupsToBeTrue();
    expect(left).toEqual([]);
    await db.store.writer.flushRollups();
    await expectRollupsToBeTrue();
  });

  test('are appended when a group comes after their time', async () => {
    await commit(group(1));
    now += PENDING_ROLLUPS_DEFAULTS.maxAge;
    expect(await pendingGroups()).toBe(1);
    await commit(group(1));
    await until(async () => (await pendingGroups()) === 0);
    await expectRollupsToBeTrue();
  });

  test('are appended at shutdown', async () => {
    const store = await another();
    await commit(group(2), store);
    await store.close();
    await expectRollupsToBeTrue();
  });

  test('of a writer that is no more are counted by the job, which leaves younger ones to their writer', async () => {
    await commit(group(3), await another());
    expect(await runner.runOnce(createFoldGroups())).toEqual({ done: 0, more: false });
    await db.query(`UPDATE log_group SET committed_at = committed_at - interval '6 s'`);
    expect(await runner.runOnce(createFoldGroups())).toEqual({ done: 1, more: false });
    await expectRollupsToBeTrue();
  });

  test('that the job has counted are not appended again', async () => {
    await commit(group(2));
    await runner.runOnce(createFoldGroups(0));
    await commit(group(2));
    await db.store.writer.flushRollups();
    expect(left).toHaveLength(1);
    expect(await pendingGroups()).toBe(1);
    await runner.runOnce(createFoldGroups(0));
    await expectRollupsToBeTrue();
  });

  test('that waited so long that the job has them do not hold up the next ones', async () => {
    await commit(group(2));
    now += LEFT_AFTER;
    await runner.runOnce(createFoldGroups(0));
    await commit(group(2));
    await db.store.writer.flushRollups();
    expect(left).toHaveLength(1);
    await expectRollupsToBeTrue();
  });

  test('of a segment that retention drops meanwhile go with it', async () => {
    await commit([buildEvent(), buildEvent({ timestamp: NOON - 9 * MICROS_PER_DAY })]);
    const policy = { rules: [], keep: 5 * MICROS_PER_DAY };
    await runner.runOnce(createRetention({ policy, clock: () => now, telemetry }));
    await db.store.writer.flushRollups();
    expect(left).toHaveLength(1);
    expect(await db.query(ROLLUPS.minutes)).toEqual([]);
    await runner.runOnce(createFoldGroups(0));
    await expectRollupsToBeTrue();
  });

  test('keep a segment that retention would drop until they are appended', async () => {
    await commit([buildEvent({ timestamp: NOON - 9 * MICROS_PER_DAY })]);
    const policy = { rules: [], keep: 5 * MICROS_PER_DAY };
    const retention = createRetention({ policy, clock: () => now, telemetry });
    // Holds up the claim of the group, behind the lock on its segment.
    await db.query('BEGIN; SELECT FROM log_group FOR UPDATE');
    const flushed = db.store.writer.flushRollups();
    await until(async () => {
      const waiting = await db.store.readPool.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return waiting.rowCount === 1;
    });
    await expect(runner.runOnce(retention)).rejects.toThrow('lock timeout');
    await db.query('COMMIT');
    await flushed;
    await expectRollupsToBeTrue();
    expect(await runner.runOnce(retention)).toEqual({ done: 1, more: false });
    expect(left).toEqual([]);
    expect(await db.query(ROLLUPS.minutes)).toEqual([]);
  });

  test('whose connection breaks are left to the job', async () => {
    const proxy = await startLossyProxy(db.url);
    const distant = await another(proxy.url);
    await commit(group(2), distant);
    proxy.loseAnswer('UPDATE');
    await distant.writer.flushRollups();
    expect(left).toHaveLength(1);
    await runner.runOnce(createFoldGroups(0));
    await expectRollupsToBeTrue();
    // The next ones are not held up.
    await commit(group(2), distant);
    await distant.writer.flushRollups();
    await expectRollupsToBeTrue();
    await proxy.close();
  });

  test('in any snapshot a group is pending or counted, beside other writers and the job', async () => {
    const other = await another();
    const running = new AbortController();
    const snapshots: Record<string, unknown>[] = [];
    const watch = (async () => {
      while (!running.signal.aborted) snapshots.push(...(await db.query(ACCOUNTED)));
    })();
    const write = async (store: Store): Promise<void> => {
      for (let i = 0; i < 40; i++) {
        await commit(group(), store);
        if (i % 4 === 0) await store.writer.flushRollups();
      }
    };
    const fold = async (): Promise<void> => {
      for (let i = 0; i < 20; i++) await runner.runOnce(createFoldGroups(0));
    };
    await Promise.all([write(db.store), write(other), fold()]);
    running.abort();
    await watch;
    for (const { minutes, hours, events } of snapshots) {
      expect([minutes, hours]).toEqual([events, events]);
    }
    await Promise.all([db.store.writer.flushRollups(), other.writer.flushRollups()]);
    await runner.runOnce(createFoldGroups(0));
    await expectRollupsToBeTrue();
  });

  describe('that wait', () => {
    const one: Group = {
      events: 1,
      parts: [
        {
          segment: { id: 1, relation: 'none', start: 0, end: Infinity },
          events: [buildEvent()],
          ordinals: [0],
          minTs: NOON,
          maxTs: NOON,
        },
      ],
    };

    test('are bounded by the number of their groups', () => {
      const deps = { pool: db.store.writePool, clock: () => now, telemetry };
      const pending = new PendingRollups(deps, { maxWaiting: 3 });
      for (let groupSeq = 1; groupSeq <= 4; groupSeq++) pending.add(one, groupSeq, NOTHING_OWN);
      expect(left).toHaveLength(1);
    });

    test('are bounded by the number of their keys', async () => {
      const deps = { pool: db.store.writePool, clock: () => now, telemetry };
      const pending = new PendingRollups(deps, { maxWaiting: 3 });
      const events = Array.from({ length: 4 }, (_, i) => buildEvent({ resourceId: `r${i}` }));
      const [part] = one.parts;
      pending.add({ events: 4, parts: [{ ...part!, events }] }, 1, NOTHING_OWN);
      await pending.flush();
      expect(left).toHaveLength(1);
    });
  });
});
