import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openMeilisearch, type TestMeilisearch } from '../../../test/support/meilisearch.ts';
import { meilisearch, suite } from '../../../test/support/requirement.ts';
import { describeSearchIndex } from '../conformance.ts';
import { IndexUnavailableError, type IndexQuestion } from '../search-index.ts';
import { buildDocument, NOON } from '../testing/build-document.ts';
import { MeilisearchIndex } from './meilisearch-index.ts';

const NEVER = new AbortController().signal;
const DAY = { name: 'test-2026-03-10', seal: 1 };
const QUESTION: IndexQuestion = {
  words: ['disk'],
  from: 0,
  to: NOON + 1,
  levels: null,
  services: null,
  order: 'desc',
};
const PAGE = { after: null, limit: 10 };

/** As the description of MEILI_API_KEY says. */
const KEEPER_ACTIONS = [
  'search',
  'indexes.*',
  'documents.*',
  'settings.*',
  'tasks.get',
  'stats.get',
];

async function keyFor(
  { url, apiKey }: TestMeilisearch,
  actions: readonly string[],
): Promise<string> {
  const answer = await fetch(`${url}/keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey ?? ''}`, 'content-type': 'application/json' },
    body: JSON.stringify({ actions, indexes: ['test-*'], expiresAt: null }),
  });
  const { key } = (await answer.json()) as { readonly key: string };
  return key;
}

suite('Meilisearch', meilisearch, () => {
  let server: TestMeilisearch;
  beforeAll(async () => {
    server = await openMeilisearch();
  }, 60_000);
  afterAll(() => server.close());

  describeSearchIndex('Meilisearch', () => new MeilisearchIndex(server));

  it('leaves settings alone that are as they are to be', async () => {
    const index = new MeilisearchIndex(server);
    await index.create(DAY, NEVER);
    const before = await index.add(DAY.name, [buildDocument()], NEVER);
    await index.configure(DAY.name, NEVER);
    expect(await index.add(DAY.name, [buildDocument()], NEVER)).toBe(before + 1);
    await index.drop(DAY.name, NEVER);
  });

  it.each([
    ['search', ['search'], false],
    ['feed', KEEPER_ACTIONS, true],
  ])('needs no more rights than are documented, to %s', async (_what, actions, feeds) => {
    if (server.apiKey === null) return;
    const owner = new MeilisearchIndex(server);
    await owner.create(DAY, NEVER);
    const index = new MeilisearchIndex({ url: server.url, apiKey: await keyFor(server, actions) });
    expect(await index.health(NEVER)).toBeNull();
    expect(await index.search(DAY, QUESTION, PAGE, NEVER)).toMatchObject({ kind: 'found' });
    expect(await index.similar([DAY], { ...QUESTION, text: 'dsk', limit: 1 }, NEVER)).toMatchObject(
      { kind: 'found' },
    );
    if (feeds) {
      await index.create(DAY, NEVER);
      await index.configure(DAY.name, NEVER);
      await index.outcomes([await index.add(DAY.name, [buildDocument()], NEVER)], NEVER);
      expect(await index.list('test', NEVER)).toHaveLength(1);
    }
    await (feeds ? index : owner).drop(DAY.name, NEVER);
  });

  it('is not usable with a wrong key', async () => {
    if (server.apiKey === null) return;
    const index = new MeilisearchIndex({ url: server.url, apiKey: 'wrong' });
    expect(await index.health(NEVER)).toContain('invalid_api_key');
    expect(await index.search(DAY, QUESTION, PAGE, NEVER)).toMatchObject({ kind: 'unavailable' });
    await expect(index.add(DAY.name, [buildDocument()], NEVER)).rejects.toThrow('403');
  });
});

describe('MeilisearchIndex without a server', () => {
  /** Takes requests and never answers. */
  let silent: Server;
  let silentUrl: string;

  beforeAll(async () => {
    silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    silentUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  });

  afterAll(() => {
    silent.closeAllConnections();
    silent.close();
  });

  it.each([
    ['nobody listens', () => 'http://127.0.0.1:1', /./],
    ['nobody answers', () => silentUrl, /tim/i],
  ])('is unavailable where %s', async (_what, url, reason) => {
    const index = new MeilisearchIndex({ url: url(), apiKey: null, requestTimeoutMs: 100 });
    const answer = await index.search(DAY, QUESTION, PAGE, NEVER);
    expect(answer).toEqual({ kind: 'unavailable', reason: expect.stringMatching(reason) });
    expect(await index.health(NEVER)).toMatch(reason);
    await expect(index.list('test', NEVER)).rejects.toThrow(IndexUnavailableError);
    await expect(index.add(DAY.name, [], NEVER)).rejects.toThrow(IndexUnavailableError);
  });

  it('ends at its signal, whether the server answers or not', async () => {
    const index = new MeilisearchIndex({ url: silentUrl, apiKey: null });
    const stop = new AbortController();
    const listing = index.list('test', stop.signal);
    stop.abort(new Error('stopping'));
    await expect(listing).rejects.toThrow('stopping');
  });
});
