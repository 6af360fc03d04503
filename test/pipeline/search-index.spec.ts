import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { openMeilisearch, type TestMeilisearch } from '../support/meilisearch.ts';
import { PipelineProcesses } from '../support/pipeline-processes.ts';
import { sharedBroker } from '../support/rabbitmq.ts';
import { meilisearch, rabbitmq, suite } from '../support/requirement.ts';
import { waitUntil } from '../support/wait-until.ts';

const ROUNDS = 20;
const EVENTS = 500;
const TEST_MS = 120_000;

interface Answer {
  readonly hits: readonly unknown[];
  readonly engines: readonly string[];
}

suite('processes', rabbitmq, () => {
  suite('with a search index', meilisearch, () => {
    let database: TestDatabase;
    let index: TestMeilisearch;
    let pipeline: PipelineProcesses;

    beforeAll(async () => {
      database = await createTestDatabase();
      index = await openMeilisearch();
      pipeline = await PipelineProcesses.start({
        databaseUrl: database.url,
        rabbitmqUrl: await sharedBroker(),
        environment: {
          MEILI_URL: index.url,
          MEILI_API_KEY: index.apiKey ?? '',
          INDEX_PREFIX: `test-${randomUUID()}`,
        },
      });
    }, TEST_MS);

    afterAll(async () => {
      await pipeline.kill();
      await index.close();
      await database.drop();
    }, TEST_MS);

    async function post(messages: readonly string[]): Promise<void> {
      const body = messages.map((message) => JSON.stringify({ message })).join('\n');
      const headers = { 'content-type': 'application/x-ndjson' };
      const answer = await fetch(`${pipeline.ingestUrl}/logs/batch`, {
        method: 'POST',
        headers,
        body,
      });
      expect(answer.status).toBe(202);
    }

    async function search(query: string): Promise<Answer> {
      const q = encodeURIComponent(query);
      const answer = await fetch(`${pipeline.gatewayUrl}/api/v1/search?limit=1000&q=${q}`);
      return (await answer.json()) as Answer;
    }

    /** Once the index has its part in the answer. */
    async function searchWithIndex(query: string): Promise<Answer> {
      let answer = await search(query);
      await waitUntil(
        'the index answers',
        async () => {
          answer = await search(query);
          return answer.engines.includes('meilisearch');
        },
        TEST_MS / 2,
      );
      return answer;
    }

    it(
      'feed it in the keeper, and search it in the gateway',
      async () => {
        for (let round = 0; round < ROUNDS; round++) {
          const message = (n: number): string => `worker ${n} of round ${round} connected`;
          await post(Array.from({ length: EVENTS }, (_, n) => message(n)));
        }
        await waitUntil('all is written', async () => {
          return (await search('"worker 17" connected')).hits.length === ROUNDS;
        });
        expect((await searchWithIndex('"worker 17" connected')).hits).toHaveLength(ROUNDS);
      },
      TEST_MS,
    );

    it(
      'go on feeding it when the keeper is replaced after a crash',
      async () => {
        await pipeline.first('keeper').kill();
        await post(['written without a keeper']);
        await pipeline.add('keeper');
        await waitUntil(
          'nothing is behind',
          async () => {
            const answer = await fetch(`${pipeline.gatewayUrl}/api/v1/pipeline/health`);
            const { index: lag } = (await answer.json()) as {
              readonly index: { readonly groups: number } | null;
            };
            return lag?.groups === 0;
          },
          TEST_MS / 2,
        );
        expect((await searchWithIndex('"without a keeper"')).hits).toHaveLength(1);
      },
      TEST_MS,
    );
  });
});
