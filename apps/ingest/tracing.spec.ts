import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { OpenTracing, OtlpSettings } from '#telemetry';
import { openTracing } from '#telemetry';
import { MemoryStore } from '../../libs/delivery/testing/memory-store.ts';
import {
  startOtlpReceiver,
  type OtlpReceiver,
  type ReceivedSpan,
} from '../../libs/telemetry/testing/otlp-receiver.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SENDER = '00f067aa0ba902b7';
/** Kinds and codes by the protocol of OpenTelemetry. */
const [SERVER, PRODUCER, CONSUMER] = [2, 4, 5];
const ERROR = 2;
/** Long enough for requests to come meanwhile. */
const COMMIT_MS = 10;

let receiver: OtlpReceiver;
let server: TestServer;
let tracing: OpenTracing;

async function trace(change: Partial<OtlpSettings> = {}): Promise<void> {
  tracing = await openTracing(
    {
      url: `${receiver.url}/v1/traces`,
      headers: { 'x-token': 'secret' },
      timeoutMs: 2_000,
      sampler: 'parentbased_always_on',
      ratio: 1,
      resource: { 'service.name': 'penstock-test' },
      ...change,
    },
    server.telemetry,
  );
}

beforeEach(async () => {
  receiver = await startOtlpReceiver();
  server = await startTestServer(new MemoryStore(COMMIT_MS));
});
afterEach(async () => {
  await server.close();
  await tracing.close().catch(() => undefined);
  await receiver.close();
});

async function post(body: object, headers: Record<string, string> = {}): Promise<string> {
  const response = await fetch(`${server.url}/logs`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
  expect(response.status).toBe(202);
  return ((await response.json()) as { readonly batchId: string }).batchId;
}

function span(name: string): ReceivedSpan {
  const found = receiver.spans.filter((each) => each.name === name);
  expect([name, found.length]).toEqual([name, 1]);
  return found[0]!;
}

describe('the trace of a POST', () => {
  it.each([{}, { 'idempotency-key': 'one' }])(
    "goes on from the sender's to the commit (%j)",
    async (headers) => {
      await trace();
      const traceparent = `00-${TRACE}-${SENDER}-01`;
      const batchId = await post({ message: 'x' }, { traceparent, ...headers });
      await tracing.flush();
      expect(receiver.spans.map(({ traceId }) => traceId)).toEqual([TRACE, TRACE, TRACE]);
      const request = span('POST /logs');
      const publish = span('publish batch');
      const commit = span('commit batch');
      expect(request).toMatchObject({
        kind: SERVER,
        parentSpanId: SENDER,
        attributes: { 'http.response.status_code': 202 },
        resource: { 'service.name': 'penstock-test' },
      });
      expect(publish).toMatchObject({
        kind: PRODUCER,
        parentSpanId: request.spanId,
        attributes: { 'messaging.message.id': batchId, 'penstock.batch.events': 1 },
      });
      expect(commit).toMatchObject({
        kind: CONSUMER,
        parentSpanId: publish.spanId,
        attributes: { 'messaging.message.id': batchId, 'penstock.batch.disposition': 'stored' },
      });
      expect(BigInt(commit.endTimeUnixNano)).toBeGreaterThanOrEqual(
        BigInt(commit.startTimeUnixNano),
      );
      expect(receiver.headers()['x-token']).toBe('secret');
    },
  );

  it('begins here where the sender has none, or sends nonsense', async () => {
    await trace();
    await post({ message: 'x' }, { traceparent: '00-nonsense-01' });
    await tracing.flush();
    const request = span('POST /logs');
    expect(request.parentSpanId ?? '').toBe('');
    expect(span('publish batch').traceId).toBe(request.traceId);
  });

  it('links the batch to all requests that share it', async () => {
    await trace();
    // The first is on its way alone; what comes meanwhile shares a batch.
    await Promise.all(Array.from({ length: 40 }, (_, i) => post({ message: `m${i}` })));
    await tracing.flush();
    const requests = receiver.spans.filter(({ name }) => name === 'POST /logs');
    const batches = receiver.spans.filter(({ name }) => name === 'publish batch');
    const caused = batches.flatMap(({ parentSpanId, links = [] }) => [
      parentSpanId,
      ...links.map(({ spanId }) => spanId),
    ]);
    expect(requests).toHaveLength(40);
    expect(batches.length).toBeLessThan(40);
    expect(requests.map(({ spanId }) => spanId).filter((id) => caused.includes(id)).length).toBe(
      caused.length,
    );
    expect(new Set(caused).size).toBe(caused.length);
  });

  it('is not recorded where the sender does not record it, nor by a sampler that is off', async () => {
    await trace();
    await post({ message: 'x' }, { traceparent: `00-${TRACE}-${SENDER}-00` });
    await tracing.close();
    await trace({ sampler: 'always_off' });
    await post({ message: 'x' });
    await tracing.flush();
    expect(receiver.spans).toEqual([]);
  });

  it('tells of a commit that failed, and of the next one', async () => {
    await trace();
    const store = new MemoryStore();
    const commit = store.commit.bind(store);
    store.commit = () => {
      store.commit = commit;
      return Promise.reject(new Error('a defect'));
    };
    await server.close();
    server = await startTestServer(store);
    server.telemetry.traceWith(tracing);
    await post({ message: 'x' });
    await tracing.flush();
    const commits = receiver.spans.filter(({ name }) => name === 'commit batch');
    expect(commits.map(({ status }) => status?.code ?? 0)).toEqual([ERROR, 0]);
    expect(commits[0]?.status?.message).toBe('a defect');
  });

  it('costs no event where the collector is away', async () => {
    const lines: string[] = [];
    await trace({ url: 'http://127.0.0.1:1/v1/traces', timeoutMs: 200 });
    const emit = server.telemetry.emit.bind(server.telemetry);
    server.telemetry.emit = (event, fields) => {
      lines.push(event.name);
      emit(event, fields);
    };
    await post({ message: 'x' });
    await tracing.flush().catch(() => undefined);
    await post({ message: 'y' });
    await tracing.flush().catch(() => undefined);
    expect(lines.filter((name) => name === 'traces.collector_lost')).toHaveLength(1);
    expect(await server.telemetry.metrics()).toMatch(
      /^penstock_traces_spans_total\{outcome="lost"\} 6$/m,
    );
  });
});
