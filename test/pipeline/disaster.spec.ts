import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { PipelineProcesses } from '../support/pipeline-processes.ts';
import { sharedBroker } from '../support/rabbitmq.ts';
import { rabbitmq, s3Server, suite } from '../support/requirement.ts';
import { RunningProcess } from '../support/running-process.ts';
import { S3Server } from '../support/s3-server/s3-server.ts';
import { waitUntil } from '../support/wait-until.ts';

const DAY_MS = 86_400_000;
const TEST_MS = 240_000;

/** The drill of docs/archive.md: Postgres is lost, the bucket is there. */
suite('after a loss of Postgres', rabbitmq, () => {
  suite('with columnar files on S3', s3Server, () => {
    let database: TestDatabase;
    let server: S3Server;
    let folder: string;
    let pipeline: PipelineProcesses | null = null;
    let environment: Readonly<Record<string, string>>;
    const name = (): string => new URL(database.url).pathname.slice(1);
    const now = Date.now();

    beforeAll(async () => {
      database = await createTestDatabase();
      server = await S3Server.start();
      folder = await mkdtemp(join(tmpdir(), 'penstock-drill-'));
      environment = {
        S3_BUCKET: server.bucket,
        S3_ENDPOINT: server.url,
        S3_ACCESS_KEY_ID: server.credentials.accessKeyId,
        S3_SECRET_ACCESS_KEY: server.credentials.secretAccessKey,
        COLUMNAR_CACHE_FOLDER: folder,
        COLUMNAR_AFTER: '1m',
        POSTGRES_KEEP: '0',
      };
    }, TEST_MS);

    afterAll(async () => {
      await pipeline?.kill();
      await server.remove();
      await database.drop();
      await sql(
        `DROP DATABASE IF EXISTS ${name()}_backup`,
        database.url.replace(name(), 'postgres'),
      );
      await rm(folder, { recursive: true, force: true });
    }, TEST_MS);

    async function sql(text: string, url = database.url) {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      try {
        return (await client.query<{ held?: string }>(text)).rows;
      } finally {
        await client.end();
      }
    }

    function onServer(text: string) {
      return sql(text, database.url.replace(name(), 'postgres'));
    }

    async function start(): Promise<PipelineProcesses> {
      const rabbitmqUrl = await sharedBroker();
      return PipelineProcesses.start({ databaseUrl: database.url, rabbitmqUrl, environment });
    }

    async function loseDatabase(): Promise<void> {
      await pipeline?.kill();
      await onServer(`DROP DATABASE ${name()} WITH (FORCE)`);
    }

    async function segments(...args: string[]): Promise<{ code: number | null; text: string }> {
      const command = RunningProcess.spawn({
        main: join(import.meta.dirname, '../../dist/apps/standalone/segments/main.js'),
        args,
        environment: { ...environment, DATABASE_URL: database.url, STORE_ALLOW_FSYNC_OFF: 'true' },
      });
      const { code } = await command.exit;
      return { code, text: command.text };
    }

    async function count(query = ''): Promise<number> {
      const url = `${pipeline?.gatewayUrl ?? ''}/api/v1/count?q=${encodeURIComponent(query)}`;
      const body = (await (await fetch(url)).json()) as { readonly count?: number };
      return body.count ?? -1;
    }

    /** Events of some days ago, once they are stored. */
    async function post(daysAgo: number, events: number, word: string): Promise<void> {
      const before = await count();
      const day = Math.floor((now - daysAgo * DAY_MS) / DAY_MS) * DAY_MS;
      const body = Array.from({ length: events }, (_, at) => ({
        timestamp: new Date(day + 3_600_000 + at).toISOString(),
        service: `service-${at % 3}`,
        message: `${word} ${at} done`,
      }));
      const answer = await fetch(`${pipeline?.ingestUrl ?? ''}/logs/batch`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      expect(answer.status).toBe(202);
      await waitUntil('all is stored', async () => (await count()) === before + events);
    }

    /** The ten minutes without a write are over. */
    async function archiveAll(): Promise<void> {
      await sql(`UPDATE log_group SET committed_at = now() - interval '1 hour'`);
      await pipeline?.first('keeper').kill();
      await pipeline?.add('keeper');
      await waitUntil(
        'the rows are gone',
        async () =>
          Number((await sql('SELECT count(*) AS held FROM log_event_all'))[0]?.held) === 0,
        TEST_MS / 2,
      );
    }

    describe('drill', () => {
      it(
        'finds everything of a backup and of the files made since',
        async () => {
          pipeline = await start();
          await post(4, 600, 'first');
          await archiveAll();
          await post(2, 300, 'second');
          await pipeline.kill();
          await onServer(`CREATE DATABASE ${name()}_backup TEMPLATE ${name()}`);
          pipeline = await start();
          await post(2, 200, 'third');
          await post(3, 100, 'fourth');
          await archiveAll();
          await loseDatabase();
          await onServer(`CREATE DATABASE ${name()} TEMPLATE ${name()}_backup`);

          const verified = await segments('verify');
          expect(verified.text).toContain('2 whole, 0 missing, 0 corrupt, 4 unknown');
          const recovered = await segments('recover');
          expect(recovered).toMatchObject({ code: 0 });
          expect(recovered.text).toContain('300 events are found again');
          pipeline = await start();
          expect(await count()).toBe(1_200);
          for (const [word, events] of [
            ['first', 600],
            ['second', 300],
            ['third', 200],
            ['fourth', 100],
          ] as const) {
            expect(await count(word)).toBe(events);
          }
          await post(2, 50, 'fifth');
          expect(await count()).toBe(1_250);
        },
        TEST_MS,
      );

      it(
        'finds everything that is in the bucket where there is no backup',
        async () => {
          await loseDatabase();
          await onServer(`CREATE DATABASE ${name()}`);
          const recovered = await segments('recover');
          expect(recovered).toMatchObject({ code: 0 });
          expect(recovered.text).toContain('1200 events are found again');
          expect((await segments('verify')).text).toContain('0 missing, 0 corrupt, 0 unknown');
          pipeline = await start();
          expect(await count()).toBe(1_200);
          expect(await count('service:service-1')).toBe(400);
          expect(await count('third')).toBe(200);
        },
        TEST_MS,
      );
    });
  });
});
