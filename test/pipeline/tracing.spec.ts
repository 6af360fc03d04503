import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  startOtlpReceiver,
  type OtlpReceiver,
} from '../../libs/telemetry/testing/otlp-receiver.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { PipelineProcesses } from '../support/pipeline-processes.ts';
import { sharedBroker } from '../support/rabbitmq.ts';
import { rabbitmq, suite } from '../support/requirement.ts';
import { waitUntil } from '../support/wait-until.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SENDER = '00f067aa0ba902b7';

suite('the trace of a POST through RabbitMQ', rabbitmq, () => {
  let database: TestDatabase;
  let receiver: OtlpReceiver;
  let pipeline: PipelineProcesses;

  beforeAll(async () => {
    database = await createTestDatabase();
    receiver = await startOtlpReceiver();
    pipeline = new PipelineProcesses({
      databaseUrl: database.url,
      rabbitmqUrl: await sharedBroker(),
      environment: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
    });
    await Promise.all([pipeline.add('ingest'), pipeline.add('writer')]);
  }, 120_000);

  afterAll(async () => {
    await pipeline.kill();
    await receiver.close();
    await database.drop();
  });

  it('goes from ingest to the commit of the writer', async () => {
    const response = await fetch(`${pipeline.ingestUrl}/logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent: `00-${TRACE}-${SENDER}-01` },
      body: JSON.stringify({ message: 'x' }),
    });
    expect(response.status).toBe(202);
    const { batchId } = (await response.json()) as { readonly batchId: string };
    const spanOf = (name: string) =>
      receiver.spans.find((span) => span.traceId === TRACE && span.name === name);
    await waitUntil('all spans are there', () =>
      ['POST /logs', 'publish batch', 'commit batch'].every((name) => spanOf(name) !== undefined),
    );
    const [request, publish, commit] = [
      spanOf('POST /logs'),
      spanOf('publish batch'),
      spanOf('commit batch'),
    ];
    expect(request).toMatchObject({
      parentSpanId: SENDER,
      resource: { 'service.name': 'penstock-ingest' },
    });
    expect(publish).toMatchObject({
      parentSpanId: request?.spanId,
      resource: { 'service.name': 'penstock-ingest' },
    });
    expect(commit).toMatchObject({
      parentSpanId: publish?.spanId,
      attributes: { 'messaging.message.id': batchId, 'penstock.batch.disposition': 'stored' },
      resource: { 'service.name': 'penstock-writer' },
    });
  });

  it('is sent to its end when a process ends', async () => {
    const before = receiver.spans.length;
    const traceparent = `00-${TRACE.replace('4', '5')}-${SENDER}-01`;
    await fetch(`${pipeline.ingestUrl}/logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent },
      body: JSON.stringify({ message: 'y' }),
    });
    expect(await pipeline.first('ingest').stop()).toEqual({ code: 0, signal: null });
    expect(receiver.spans.length).toBeGreaterThan(before);
  });
});
