import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MICROS_PER_DAY } from '#event';
import { buildBatch, buildEvent, NOON } from '../testing/events.ts';
import { openTestStore, type TestStore } from '../testing/open-test-store.ts';

const signal = new AbortController().signal;

describe('group writer', () => {
  let test_: TestStore;
  beforeAll(async () => {
    test_ = await openTestStore();
  });
  afterAll(() => test_.close());

  test('stores every field of an event as it is', async () => {
    const event = buildEvent({
      timestamp: NOON + 123_456,
      level: 'fatal',
      levelText: 'CRITICAL',
      message: 'tab\tline\nback\\slash "quote" Ünïcödé 日本 \u{1F600}',
      traceId: 'trace',
      spanId: 'span',
      commit: 'c0ffee',
      eventType: '',
      parentResourceId: 'parent',
      metadata: { parentResourceId: 'parent', nested: { a: [1, 2.5, null, true] } },
    });
    const result = await test_.store.writer.commit([buildBatch([event])], signal);
    expect(result.dispositions).toEqual(['stored']);
    const rows = await test_.query(
      `SELECT to_char(ts, 'YYYY-MM-DD HH24:MI:SS.US') AS ts, ordinal, level, level_text, message, resource_id, trace_id,
              span_id, commit, service, event_type, parent_resource_id, metadata
         FROM log_event WHERE group_seq = $1`,
      [result.groupSeq],
    );
    expect(rows).toEqual([
      {
        ts: '2026-03-10 12:00:00.123456',
        ordinal: 0,
        level: 5,
        level_text: 'CRITICAL',
        message: event.message,
        resource_id: 'server-1234',
        trace_id: 'trace',
        span_id: 'span',
        commit: 'c0ffee',
        service: 'db',
        event_type: '',
        parent_resource_id: 'parent',
        metadata: event.metadata,
      },
    ]);
  });

  test('stores 500 events of 100 days in one group', async () => {
    const events = Array.from({ length: 500 }, (_, i) =>
      buildEvent({ timestamp: NOON - (i % 100) * MICROS_PER_DAY, message: `event ${i}` }),
    );
    const result = await test_.store.writer.commit([buildBatch(events)], signal);
    const rows = await test_.query(
      'SELECT ordinal, message FROM log_event WHERE group_seq = $1 ORDER BY ordinal',
      [result.groupSeq],
    );
    expect(rows).toEqual(events.map(({ message }, ordinal) => ({ ordinal, message })));
  });

  test('a repeated batch is a duplicate', async () => {
    const batch = buildBatch([buildEvent()]);
    await test_.store.writer.commit([batch], signal);
    const again = await test_.store.writer.commit([batch], signal);
    expect(again).toEqual({ dispositions: ['duplicate'], groupSeq: null, commitSeq: null });
  });
});
