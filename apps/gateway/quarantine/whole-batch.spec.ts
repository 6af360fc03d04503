import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { BatchWriter, IngestPipeline } from '#delivery';
import { normaliseEvent, type LogEvent } from '#event';
import { InProcessQueue } from '#queue';
import { Telemetry } from '#telemetry';

import { consumeWith } from '../../../libs/delivery/testing/consume-with.ts';
import { buildBatch, buildEvent, NOON } from '../../../libs/store/testing/events.ts';
import { openTestStore, type TestStore } from '../../../libs/store/testing/open-test-store.ts';
import { startTestGateway, type TestGateway } from '../testing/gateway-app.ts';
import { replayThrough } from './replay-through.ts';

let db: TestStore;
let gateway: TestGateway;
let queue: InProcessQueue;
let endWriter: () => Promise<void>;

beforeAll(async () => {
  db = await openTestStore();
  const telemetry = new Telemetry(() => undefined);
  queue = new InProcessQueue();
  endWriter = await consumeWith(new BatchWriter({ store: db.store.writer, telemetry }), queue);
  const pipeline = new IngestPipeline({ queue, ledger: db.store.ledger, telemetry });
  gateway = await startTestGateway({
    quarantine: db.store.quarantine,
    replay: replayThrough(() => pipeline),
  });
});
afterAll(async () => {
  await gateway.close();
  await queue.close(0);
  await endWriter();
  await db.close();
});

const PATH = '/api/v1/quarantine';

/** As many as a batch holds, with everything that an event can have. */
const EVENTS: readonly LogEvent[] = Array.from({ length: 800 }, (_, i) =>
  buildEvent({
    timestamp: NOON + i,
    level: 'warn',
    levelText: 'WARNING',
    message: `event ${i}: "quoted"\nand ü`,
    traceId: `t-${i}`,
    eventType: 'request',
    metadata: { n: i, exact: '12345678901234567890' },
    metadataText: `{"n":${i},"exact":12345678901234567890}`,
  }),
);

async function replay(ids: readonly string[]): Promise<unknown> {
  const response = await fetch(`${gateway.url}${PATH}/replay`, {
    method: 'POST',
    body: JSON.stringify({ ids }),
  });
  expect(response.status).toBe(200);
  return response.json();
}

async function stored(): Promise<unknown> {
  const rows = await db.query(
    `SELECT count(*)::integer AS events, count(DISTINCT trace_id)::integer AS different,
            bool_and(level_text = 'WARNING' AND event_type = 'request') AS whole,
            bool_and(metadata ->> 'exact' = '12345678901234567890') AS exact
       FROM log_event`,
  );
  return rows[0];
}

it('lists a dead-lettered batch, gives its bytes, and stores it once however often it is replayed', async () => {
  const batch = buildBatch(EVENTS);
  await db.store.quarantine.add(batch, 'dead-lettered', 'delivered 20 times');
  const list = (await (await fetch(`${gateway.url}${PATH}?reason=dead-lettered`)).json()) as {
    entries: { id: string }[];
  };
  expect(list).toEqual({
    entries: [
      {
        id: expect.any(String),
        quarantinedAt: expect.any(String),
        reason: 'dead-lettered',
        detail: 'delivered 20 times',
        batchId: batch.id,
        events: 800,
      },
    ],
    nextCursor: null,
  });
  const { id } = list.entries[0]!;

  const raw = await (await fetch(`${gateway.url}${PATH}/${id}`)).text();
  const lines = raw.trimEnd().split('\n');
  expect(lines).toHaveLength(800);
  expect(normaliseEvent(JSON.parse(lines[7]!), NOON)).toMatchObject({
    ok: true,
    event: { timestamp: NOON + 7, message: EVENTS[7]!.message, level: 'warn', traceId: 't-7' },
  });

  const whole = { events: 800, different: 800, whole: true, exact: true };
  const accepted = { replayed: 1, rejected: [], unknown: [], partial: false };
  expect(await replay([id])).toEqual(accepted);
  expect(await stored()).toEqual(whole);
  expect(await replay([id])).toEqual({ ...accepted, replayed: 0, unknown: [id] });

  // As after a crash between the commit and the end of the entry.
  await db.query(
    `INSERT INTO quarantine (id, reason, detail, batch_id, events, raw)
     OVERRIDING SYSTEM VALUE VALUES ($1, 'dead-lettered', '', $2, 800, $3)`,
    [id, batch.id, Buffer.from(raw)],
  );
  expect(await replay([id])).toEqual(accepted);
  expect(await stored()).toEqual(whole);
});
