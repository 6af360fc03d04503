import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { freePort } from '../support/free-port.mjs';
import { readinessOf } from '../support/pipeline-processes.ts';
import { BrokerProcess } from '../support/rabbitmq-server.mjs';
import { kubernetes, ownRabbitmq, suite, type Requirement } from '../support/requirement.ts';
import { valueAt } from './support/kubernetes-object.ts';
import { OperatorRun } from './support/operator-run.ts';
import { PodPlayer } from './support/pod-player.ts';

const both: Requirement = {
  name: `${kubernetes.name}, and ${ownRabbitmq.name}`,
  remedy: `${kubernetes.remedy}; ${ownRabbitmq.remedy}`,
  found: kubernetes.found === null ? null : ownRabbitmq.found,
};

const REQUESTS = 120;
const EVENTS_PER_REQUEST = 500;
const EVENTS = REQUESTS * EVENTS_PER_REQUEST;
const MOST_WRITERS = 3;
const PREFIX = 'data-path';

/** RabbitMQ, Postgres, ingest and writers are real; only that they run in containers is played. */
suite('a pipeline with a real backlog', both, () => {
  let run: OperatorRun;
  let broker: BrokerProcess;
  let database: TestDatabase;
  let ingest: PodPlayer;
  let writers: PodPlayer;

  beforeAll(async () => {
    const prometheusPort = await freePort();
    const folder = await mkdtemp(join(tmpdir(), 'penstock-data-path-'));
    broker = await BrokerProcess.start({ folder, prometheusPort });
    database = await createTestDatabase();
    run = await OperatorRun.start();
    await run.pipelines.secret('database', { uri: database.url });
    await run.pipelines.secret('broker', { uri: broker.url });
    await run.pipelines.apply('flow', {
      ingest: { replicas: 1 },
      meilisearch: { enabled: false },
      postgres: { uriSecretRef: { name: 'database' } },
      rabbitmq: {
        uriSecretRef: { name: 'broker' },
        metricsUrl: `http://127.0.0.1:${prometheusPort}`,
      },
      queue: { prefix: PREFIX },
      writer: {
        scaling: {
          maxReplicas: MOST_WRITERS,
          targetDrainSeconds: 5,
          eventsPerSecondPerReplica: 1_000,
          scaleDownStabilizationSeconds: 10,
        },
      },
    });
    await run.pipelines.untilReady('flow');
    const { namespace } = run.pipelines;
    ingest = new PodPlayer(run.cluster, namespace, 'ingest');
    writers = new PodPlayer(run.cluster, namespace, 'writer');
  }, 240_000);

  afterAll(async () => {
    await Promise.all([ingest.stop(), writers.stop()]);
    await run.stop();
    await database.drop();
    await broker.remove();
  }, 120_000);

  const replicas = async () =>
    Number(valueAt(await run.pipelines.deployment('flow-writer'), 'spec.replicas'));

  it('takes logs while no writer runs', async () => {
    ingest.start();
    await run.pipelines.until('ingest is ready', async () => {
      const [process] = ingest.processes;
      return process?.isServing === true && (await readinessOf(process.url)).ready;
    });
    const [process] = ingest.processes;
    const secret = await run.pipelines.child('v1', 'Secret', 'flow-ingest-token');
    const token = Buffer.from(String(valueAt(secret, 'data.token')), 'base64').toString();
    for (let sent = 0; sent < REQUESTS; sent += 1) {
      const answer = await fetch(`${process?.url ?? ''}/logs/batch`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(events(sent)),
      });
      expect(answer.status).toBe(202);
    }
  });

  it('gets as many writers as the backlog needs', async () => {
    await run.pipelines.until(`there are to be ${MOST_WRITERS} writers`, async () => {
      return (await replicas()) === MOST_WRITERS;
    });
    await run.pipelines.until('the backlog is told', async () => {
      return Number(valueAt(await run.pipelines.get('flow'), 'status.backlog')) > 0;
    });
    expect(await storedEvents(database.url)).toBe(0);
  });

  it('drains, every event once', async () => {
    writers.start();
    await run.pipelines.until('all events are stored', async () => {
      return writers.processes.length > 0 && (await storedEvents(database.url)) >= EVENTS;
    });
    expect(await storedEvents(database.url)).toBe(EVENTS);
  });

  it('has one writer again once that is enough, and the others end in order', async () => {
    await run.pipelines.until('there is to be one writer', async () => (await replicas()) === 1);
    await run.pipelines.until('the others have ended', () => {
      return Promise.resolve(writers.processes.length === 1 && writers.exits.length > 0);
    });
    expect(writers.exits.every(({ code }) => code === 0)).toBe(true);
    await run.pipelines.untilCondition('flow', 'ScalingActive', 'is steady', ({ reason }) => {
      return reason === 'Steady';
    });
    expect(await storedEvents(database.url)).toBe(EVENTS);
  });
});

function events(request: number): object[] {
  return Array.from({ length: EVENTS_PER_REQUEST }, (_, i) => ({
    level: 'info',
    service: 'data-path',
    message: `event ${request * EVENTS_PER_REQUEST + i} of a backlog`,
  }));
}

/** Different events, and none for a database without a schema; rejects where one is there twice. */
async function storedEvents(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: tables } = await client.query("SELECT to_regclass('log_event') AS name");
    if ((tables as { name: string | null }[])[0]?.name == null) return 0;
    const { rows } = await client.query<{ stored: string; different: string }>(
      'SELECT count(*) AS stored, count(DISTINCT message) AS different FROM log_event',
    );
    const { stored = '0', different = '0' } = rows[0] ?? {};
    if (stored !== different) throw new Error(`${stored} events are ${different} different ones`);
    return Number(stored);
  } finally {
    await client.end();
  }
}
