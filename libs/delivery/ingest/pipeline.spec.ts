import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ANONYMOUS_SENDER, unlimitedSender } from '#access';
import { MICROS_PER_DAY, formatTimestamp, type Micros } from '#event';
import { InProcessQueue, type InProcessQueueSettings, type PublishOutcome } from '#queue';
import { Telemetry } from '#telemetry';
import { makeBatch } from '../../queue/testing/batches.ts';
import { consumeWith } from '../testing/consume-with.ts';
import { MemoryStore } from '../testing/memory-store.ts';
import { BatchWriter } from '../writer/batch-writer.ts';
import type { IngestAnswer } from './answer.ts';
import { IngestPipeline, type IngestPipelineSettings } from './pipeline.ts';
import type { IngestRequest } from './request.ts';

const NOW: Micros = 1_700_000_000_000_000;

let store: MemoryStore;
let queue: InProcessQueue;
let endWriter: () => Promise<void>;
let pipeline: IngestPipeline;
let now: Micros;

async function open(
  settings: Partial<IngestPipelineSettings> = {},
  queueSettings: Partial<InProcessQueueSettings> = {},
): Promise<void> {
  const telemetry = new Telemetry(() => undefined);
  now = NOW;
  store = new MemoryStore();
  queue = new InProcessQueue({ backoff: { baseMs: 1, maxMs: 5 }, ...queueSettings });
  const writer = new BatchWriter({
    store,
    telemetry,
    settings: { probe: { baseMs: 1, maxMs: 5 } },
  });
  endWriter = await consumeWith(writer, queue);
  pipeline = new IngestPipeline({ queue, ledger: store, telemetry, settings, clock: () => now });
}

beforeEach(() => open());
afterEach(async () => {
  await queue.close(0);
  await endWriter();
});

function makeRequest(events: unknown, change: Partial<IngestRequest> = {}): IngestRequest {
  return {
    body: Buffer.from(JSON.stringify(events)),
    contentType: 'application/json',
    format: 'json',
    idempotencyKey: undefined,
    sender: ANONYMOUS_SENDER,
    ...change,
  };
}

interface AnswerBody {
  readonly accepted: number;
  readonly rejected: readonly { readonly index: number }[];
  readonly batchId: string;
  readonly code: string;
}

function bodyOf(answer: IngestAnswer): AnswerBody {
  return JSON.parse(answer.body) as AnswerBody;
}

/** Events of so many bytes altogether, about. */
function manyEvents(count: number, messageBytes: number): { message: string }[] {
  return Array.from({ length: count }, (_, i) => ({
    message: `${i} `.padEnd(messageBytes, 'x'),
  }));
}

describe('group commit', () => {
  it('merges the events of concurrent requests into shared batches', async () => {
    const requests = Array.from({ length: 100 }, (_, i) => makeRequest({ message: `m${i}` }));
    const answers = await Promise.all(requests.map((request) => pipeline.accept(request)));
    expect(answers.map(({ status }) => status)).toEqual(requests.map(() => 202));
    expect(store.commits.flat().length).toBeLessThan(10);
    expect(store.messages()).toEqual(requests.map((_, i) => `m${i}`));
  });

  it('gathers what arrives while a commit runs', async () => {
    const release = store.hold();
    const first = pipeline.accept(makeRequest({ message: 'first' }));
    while ((await queue.depth()).unsettled === 0) await turn();
    const later = Array.from({ length: 50 }, async (_, i) => {
      for (let k = 0; k < i % 7; k++) await turn();
      return pipeline.accept(makeRequest({ message: `later ${i}` }));
    });
    while ((await queue.depth()).unsettled < 2) await turn();
    release();
    await Promise.all([first, ...later]);
    expect(store.events()).toHaveLength(51);
    expect(store.commits.flat().length).toBeLessThan(25);
  });

  it('keeps the order of a request over several batches, and names the first of them', async () => {
    const events = manyEvents(1_000, 1_000);
    const answer = await pipeline.accept(makeRequest(events));
    const batches = store.commits.flat();
    expect(batches.length).toBeGreaterThan(3);
    for (const { bytes } of batches) expect(bytes).toBeLessThanOrEqual(256 * 1024);
    expect(store.messages()).toEqual(events.map(({ message }) => message));
    expect(bodyOf(answer)).toMatchObject({ accepted: 1_000, batchId: batches[0]?.id });
  });

  it('lets an event that is larger than a batch travel alone', async () => {
    const events = [{ message: 'a' }, { message: 'x'.repeat(400_000) }, { message: 'b' }];
    await pipeline.accept(makeRequest(events));
    expect(store.commits.flat().map((batch) => batch.events.length)).toEqual([1, 1, 1]);
    expect(store.messages()).toEqual(events.map(({ message }) => message));
  });

  it('does not answer before every batch of the request is stored', async () => {
    const release = store.hold();
    let answered = false;
    const answer = pipeline.accept(makeRequest(manyEvents(600, 1_000))).then((given) => {
      answered = true;
      return given;
    });
    while ((await queue.depth()).unsettled === 0) await turn();
    await turn();
    expect(answered).toBe(false);
    release();
    expect((await answer).status).toBe(202);
    expect(store.events()).toHaveLength(600);
  });
});

describe('Idempotency-Key', () => {
  const keyed = (events: unknown, idempotencyKey = 'k1'): IngestRequest =>
    makeRequest(events, { idempotencyKey });

  it('gives a repeat the same answer and stores once', async () => {
    const request = keyed([{ message: 'a' }, { level: 'info' }, { message: 'b' }]);
    const first = await pipeline.accept(request);
    now += 3_600_000_000;
    const second = await pipeline.accept(request);
    expect(second).toEqual(first);
    expect(bodyOf(first)).toMatchObject({ accepted: 2, rejected: [{ index: 1 }] });
    expect(store.messages()).toEqual(['a', 'b']);
  });

  it('gives the same answer through another process', async () => {
    const request = keyed(manyEvents(1_000, 1_000));
    const first = await pipeline.accept(request);
    const telemetry = new Telemetry(() => undefined);
    const other = new IngestPipeline({ queue, ledger: store, telemetry });
    expect(await other.accept(request)).toEqual(first);
    expect(store.events()).toHaveLength(1_000);
    expect(store.commits.flat().length).toBeGreaterThan(3);
  });

  it('reuses the time of receipt: what was too far ahead stays rejected', async () => {
    const ahead = formatTimestamp(NOW + MICROS_PER_DAY + 60_000_000);
    const request = keyed([{ message: 'a' }, { message: 'ahead', timestamp: ahead }]);
    const first = await pipeline.accept(request);
    expect(bodyOf(first)).toMatchObject({ accepted: 1, rejected: [{ index: 1 }] });
    now += 3_600_000_000;
    expect(await pipeline.accept(request)).toEqual(first);
    expect(store.messages()).toEqual(['a']);
  });

  it('finds a repeat whose first part holds no accepted event', async () => {
    const ahead = formatTimestamp(NOW + MICROS_PER_DAY + 60_000_000);
    const tooEarly = manyEvents(300, 1_000).map((event) => ({ ...event, timestamp: ahead }));
    const request = keyed([...tooEarly, ...manyEvents(10, 50)]);
    const first = await pipeline.accept(request);
    expect(bodyOf(first)).toMatchObject({ accepted: 10 });
    now += 3_600_000_000;
    expect(await pipeline.accept(request)).toEqual(first);
    expect(store.events()).toHaveLength(10);
  });

  it('refuses the key with another body', async () => {
    await pipeline.accept(keyed({ message: 'a' }));
    const answer = await pipeline.accept(keyed({ message: 'b' }));
    expect([answer.status, bodyOf(answer).code]).toEqual([422, 'idempotency-key-reused']);
    expect(store.messages()).toEqual(['a']);
  });

  it('serves concurrent repeats once, and refuses a concurrent other body', async () => {
    const answers = await Promise.all([
      pipeline.accept(keyed({ message: 'a' })),
      pipeline.accept(keyed({ message: 'a' })),
      pipeline.accept(keyed({ message: 'b' })),
      pipeline.accept(keyed({ message: 'a' })),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 422, 202]);
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[3]).toEqual(answers[0]);
    expect(store.messages()).toEqual(['a']);
  });

  it('lets the writer find out when the ledger cannot be read', async () => {
    await pipeline.accept(keyed({ message: 'a' }));
    const find = store.find.bind(store);
    store.find = () => Promise.reject(new Error('away'));
    expect((await pipeline.accept(keyed({ message: 'a' }))).status).toBe(202);
    expect((await pipeline.accept(keyed({ message: 'b' }))).status).toBe(422);
    store.find = find;
    expect(store.messages()).toEqual(['a']);
  });

  it('keeps the keys of senders apart, and never shares a batch', async () => {
    const requests = [
      keyed({ message: 'a' }),
      { ...keyed({ message: 'b' }), sender: unlimitedSender('token-1') },
      keyed({ message: 'c' }, 'k2'),
      makeRequest({ message: 'd' }),
    ];
    const answers = await Promise.all(requests.map((request) => pipeline.accept(request)));
    expect(new Set(answers.map((answer) => bodyOf(answer).batchId)).size).toBe(4);
    expect(store.commits.flat().map((batch) => batch.events.length)).toEqual([1, 1, 1, 1]);
  });

  it.each([[''], ['x'.repeat(256)], ['schlüssel']])('refuses the key %j', async (key) => {
    const answer = await pipeline.accept(keyed({ message: 'a' }, key));
    expect([answer.status, bodyOf(answer).code]).toEqual([400, 'invalid-idempotency-key']);
  });
});

describe('when the store is away', () => {
  it('waits, and answers 202 when it is back', async () => {
    store.goAway();
    const answer = pipeline.accept(makeRequest({ message: 'a' }));
    while (store.probes < 2) await turn();
    store.comeBack();
    expect((await answer).status).toBe(202);
    expect(store.messages()).toEqual(['a']);
  });

  it('answers outcome-unknown after the wait; the repeat with its key is stored once', async () => {
    await open({ outcomeWaitMs: 10 });
    store.goAway();
    const request = makeRequest({ message: 'a' }, { idempotencyKey: 'k' });
    const answer = await pipeline.accept(request);
    expect([answer.status, bodyOf(answer).code]).toEqual([503, 'outcome-unknown']);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    store.comeBack();
    while (store.events().length === 0) await turn();
    expect((await pipeline.accept(request)).status).toBe(202);
    expect(store.messages()).toEqual(['a']);
  });

  it('answers overloaded, and stores nothing, when the queue has no room', async () => {
    await open({}, { maxBatches: 1 });
    const release = store.hold();
    const first = pipeline.accept(makeRequest({ message: 'a' }, { idempotencyKey: 'k' }));
    while ((await queue.depth()).unsettled === 0) await turn();
    const refused = await pipeline.accept(makeRequest({ message: 'b' }));
    expect([refused.status, bodyOf(refused).code]).toEqual([503, 'overloaded']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    release();
    expect((await first).status).toBe(202);
    expect(store.messages()).toEqual(['a']);
  });

  it.each([[undefined], ['k']])(
    'goes on with a request of which the queue took a part only (key %s)',
    async (idempotencyKey) => {
      await open(
        { publishBackoff: { baseMs: 1, maxMs: 2 } },
        { maxBytes: 600 * 1024, backoff: { baseMs: 1, maxMs: 2 } },
      );
      store.goAway();
      const events = manyEvents(900, 1_000);
      let status: number | null = null;
      const answer = pipeline
        .accept(makeRequest(events, { idempotencyKey }))
        .then((given) => (status = given.status));
      while (store.probes < 3) await turn();
      expect(status).toBeNull();
      store.comeBack();
      expect(await answer).toBe(202);
      expect(store.messages().sort()).toEqual(events.map(({ message }) => message).sort());
    },
  );

  it('answers outcome-unknown when the rest finds no room until the wait ends', async () => {
    await open(
      { outcomeWaitMs: 50, publishBackoff: { baseMs: 1, maxMs: 2 } },
      { maxBytes: 600 * 1024 },
    );
    store.goAway();
    const answer = await pipeline.accept(makeRequest(manyEvents(900, 1_000)));
    expect([answer.status, bodyOf(answer).code]).toEqual([503, 'outcome-unknown']);
  });

  it('answers overloaded at once when the queue has room for no part of a request', async () => {
    await open({ publishBackoff: { baseMs: 60_000, maxMs: 60_000 } }, { maxBatches: 1 });
    const release = store.hold();
    const first = pipeline.accept(makeRequest({ message: 'a' }));
    while ((await queue.depth()).unsettled === 0) await turn();
    const refused = await pipeline.accept(makeRequest(manyEvents(900, 1_000)));
    expect([refused.status, bodyOf(refused).code]).toEqual([503, 'overloaded']);
    release();
    expect((await first).status).toBe(202);
    expect(store.messages()).toEqual(['a']);
  });

  it('repeats a publish of unknown outcome under the same id until it is known', async () => {
    const outcomes: PublishOutcome[] = [
      { kind: 'unknown', reason: 'the connection broke' },
      { kind: 'overloaded', retryAfterMs: 1, reason: 'full' },
      { kind: 'durable' },
    ];
    const ids: string[] = [];
    const retrying = new IngestPipeline({
      queue: {
        publish: (batch) => {
          ids.push(batch.id);
          return Promise.resolve(outcomes.shift() ?? { kind: 'durable' });
        },
      },
      ledger: store,
      telemetry: new Telemetry(() => undefined),
      sleep: () => Promise.resolve(),
    });
    expect((await retrying.accept(makeRequest({ message: 'a' }))).status).toBe(202);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(1);
  });
});

describe('draining', () => {
  it('refuses what is new and waits for what was admitted', async () => {
    const release = store.hold();
    const admitted = pipeline.accept(makeRequest({ message: 'a' }));
    let drained = false;
    const draining = pipeline.drain(10_000).then(() => (drained = true));
    const decision = pipeline.admission.decide(10);
    expect(decision).toMatchObject({ kind: 'refused', answer: { status: 503 } });
    await turn();
    expect(drained).toBe(false);
    release();
    await draining;
    expect((await admitted).status).toBe(202);
  });

  it('ends at its deadline, and answers that the outcome of what is under way is unknown', async () => {
    const release = store.hold();
    const admitted = [
      pipeline.accept(makeRequest({ message: 'a' })),
      pipeline.accept({ ...makeRequest({ message: 'b' }), idempotencyKey: 'key' }),
    ];
    await turn();
    await pipeline.drain(5);
    for (const answer of await Promise.all(admitted)) {
      expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
      expect(answer.body).toContain('"code":"outcome-unknown"');
    }
    release();
  });
});

it('republishes a batch under its own id, once, and waits for it when it drains', async () => {
  const batch = makeBatch(1, 2);
  const release = store.hold();
  const first = pipeline.republish(batch);
  await turn();
  let drained = false;
  const draining = pipeline.drain(10_000).then(() => (drained = true));
  await turn();
  expect(drained).toBe(false);
  release();
  expect(await first).toEqual({ kind: 'durable' });
  await draining;
  expect(await pipeline.republish(batch)).toEqual({ kind: 'durable' });
  expect(store.events()).toHaveLength(2);
});

it('does not wait at its deadline for a ledger that hangs', async () => {
  const release = store.hold();
  store.find = () => new Promise(() => undefined);
  const admitted = pipeline.accept({ ...makeRequest({ message: 'a' }), idempotencyKey: 'key' });
  await turn();
  await pipeline.drain(5);
  expect((await admitted).body).toContain('"code":"outcome-unknown"');
  release();
});

it('answers 500 without details when it fails itself', async () => {
  const lines: object[] = [];
  const broken = new IngestPipeline({
    queue,
    ledger: store,
    telemetry: new Telemetry((line) => lines.push(line)),
    clock: () => {
      throw new Error('no clock');
    },
  });
  const answer = await broken.accept(makeRequest({ message: 'a' }));
  expect(answer.status).toBe(500);
  expect(answer.body).not.toMatch(/clock/);
  expect(lines).toMatchObject([{ level: 'error', event: 'ingest.request_failed' }]);
});

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
