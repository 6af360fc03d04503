import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { PipelineProcesses, readinessOf } from '../support/pipeline-processes.ts';
import { sharedBroker } from '../support/rabbitmq.ts';
import { rabbitmq, s3Server, suite } from '../support/requirement.ts';
import { S3Server } from '../support/s3-server/s3-server.ts';
import { waitUntil } from '../support/wait-until.ts';

const EVENTS = 1_200;
const DAY_MS = 86_400_000;
const TEST_MS = 180_000;

interface Answer {
  readonly status: number;
  readonly body: {
    readonly hits?: readonly { readonly message: string }[];
    readonly count?: number;
    readonly engines?: readonly string[];
    readonly code?: string;
  };
}

suite('processes', rabbitmq, () => {
  suite('with columnar files on S3', s3Server, () => {
    let database: TestDatabase;
    let client: pg.Client;
    let server: S3Server;
    let folder: string;
    let pipeline: PipelineProcesses;

    beforeAll(async () => {
      database = await createTestDatabase();
      server = await S3Server.start();
      folder = await mkdtemp(join(tmpdir(), 'penstock-copies-'));
      pipeline = await PipelineProcesses.start({
        databaseUrl: database.url,
        rabbitmqUrl: await sharedBroker(),
        environment: {
          INGEST_AUTH: 'off',
          S3_BUCKET: server.bucket,
          S3_ENDPOINT: server.url,
          S3_ACCESS_KEY_ID: server.credentials.accessKeyId,
          S3_SECRET_ACCESS_KEY: server.credentials.secretAccessKey,
          COLUMNAR_CACHE_FOLDER: join(folder, 'first'),
          COLUMNAR_AFTER: '1m',
          POSTGRES_KEEP: '0',
        },
      });
      client = new pg.Client({ connectionString: database.url });
      await client.connect();
    }, TEST_MS);

    afterAll(async () => {
      await client.end();
      await pipeline.kill();
      await server.remove();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    }, TEST_MS);

    async function ask(path: string, url = pipeline.gatewayUrl): Promise<Answer> {
      const answer = await fetch(`${url}/api/v1/${path}`);
      return { status: answer.status, body: (await answer.json()) as Answer['body'] };
    }

    async function number(sql: string): Promise<number> {
      const { rows } = await client.query<{ number: string }>(sql);
      return Number(rows[0]?.number);
    }

    it(
      'move closed days into the bucket, and find all of it there',
      async () => {
        const day = Date.now() - 3 * DAY_MS;
        const events = Array.from({ length: EVENTS }, (_, at) => ({
          timestamp: new Date(day + at).toISOString(),
          service: `service-${at % 3}`,
          message: at === 77 ? 'the needle' : `request ${at} done`,
        }));
        const posted = await fetch(`${pipeline.ingestUrl}/logs/batch`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(events),
        });
        expect(posted.status).toBe(202);
        await waitUntil('all is written', async () => {
          return (await ask('count')).body.count === EVENTS;
        });
        // Its 10 minutes without a write are over.
        await client.query(`UPDATE log_group SET committed_at = now() - interval '1 hour'`);
        await pipeline.first('keeper').kill();
        await pipeline.add('keeper');
        await waitUntil(
          'the rows are gone',
          async () =>
            (await number(
              `SELECT count(*) AS number FROM columnar_file WHERE segment_id IS NOT NULL`,
            )) > 0 && (await number('SELECT count(*) AS number FROM log_event_all')) === 0,
          TEST_MS / 2,
        );
        const found = await ask('search?limit=2000');
        expect(found.body.hits).toHaveLength(EVENTS);
        expect(found.body.hits?.[0]?.message).toBe(`request ${EVENTS - 1} done`);
        expect((await ask('search?q=needle')).body.hits).toHaveLength(1);
        expect((await ask('count?q=message:*done*')).body.count).toBe(EVENTS - 1);
        expect((await readdir(join(folder, 'first'))).length).toBeGreaterThan(0);
      },
      TEST_MS,
    );

    it(
      'go on from copies and rows while the bucket is away, and say what is missing',
      async () => {
        await server.kill();
        expect((await ask('search?q=needle')).body.hits).toHaveLength(1);
        const bare = await pipeline.add('gateway', {
          COLUMNAR_CACHE_FOLDER: join(folder, 'second'),
        });
        expect((await readinessOf(bare.url)).ready).toBe(true);
        const { status, body } = await ask('search?q=needle', bare.url);
        expect([status, body.code]).toEqual([503, 'storage-unavailable']);
        await server.start();
        await waitUntil('the bucket is read again', async () => {
          return (await ask('search?q=needle', bare.url)).body.hits?.length === 1;
        });
      },
      TEST_MS,
    );
  });
});
