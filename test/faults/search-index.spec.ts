import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { MeilisearchProcess } from '../support/meilisearch-server.ts';
import { ownMeilisearch, suite } from '../support/requirement.ts';
import { RunningProgram } from '../support/running-program.ts';
import { waitUntil } from '../support/wait-until.ts';
import { EventAccount, verdictLine } from './event-account.ts';
import { knownEvent } from './known-event.ts';
import { Load } from './load.ts';
import { integerBetween, seededRandom, seedOfRun } from './random.ts';
import { readBack } from './read-back.ts';

const LONG = process.env['FAULTS_LONG'] === 'true';
const AWAY_MS = LONG ? 60_000 : 8_000;
const KILLS = LONG ? 10 : 3;
const CONVERGED_MS = 180_000;
const TEST_MS = 480_000;

interface Answer {
  readonly hits: readonly { readonly id: string; readonly metadata: { readonly number: number } }[];
  readonly engines: readonly string[];
  readonly partial: boolean;
  readonly nextCursor: string | null;
}

suite('Meilisearch fails under load', ownMeilisearch, () => {
  let random: () => number;
  let account: EventAccount;
  let dataFolder: string;
  let index: MeilisearchProcess;
  let program: RunningProgram;
  let load: Load;
  let searches: Searches;

  beforeEach(async () => {
    random = seededRandom(seedOfRun('Meilisearch fails'));
    account = new EventAccount(new Date().toISOString());
    dataFolder = await mkdtemp(join(tmpdir(), 'penstock-faults-'));
    index = await MeilisearchProcess.start();
    await startProgram();
    load = new Load(program.url, {
      account,
      random,
      senders: 24,
      requestsPerSecond: 30,
      eventsPerRequest: 30,
    });
    await load.acknowledges(30);
    searches = new Searches(program.url, account, random);
    await searches.useTheIndex();
  }, 120_000);

  async function startProgram(): Promise<void> {
    const environment = { MEILI_URL: index.url, MEILI_API_KEY: index.apiKey, INDEX_MAX_LAG: '20s' };
    program = await RunningProgram.start({ dataFolder, environment });
  }

  afterEach(async () => {
    await searches.stop();
    await load.abandon();
    await program.kill();
    await index.remove();
    await rm(dataFolder, { recursive: true, force: true });
  }, 60_000);

  it(
    'killed in the middle of its work, again and again',
    async () => {
      for (let kill = 0; kill < KILLS; kill++) {
        await delay(integerBetween(random, 200, 4_000));
        await index.kill();
        await index.start();
        await searches.useTheIndex();
      }
      await settle();
    },
    TEST_MS,
  );

  it(
    'away for a while',
    async () => {
      await index.kill();
      await delay(AWAY_MS);
      const ready = (await (await fetch(`${program.url}/health/ready`)).json()) as {
        readonly ready: boolean;
        readonly dependencies: readonly { readonly name: string; readonly ok: boolean }[];
      };
      expect(ready.ready).toBe(true);
      expect(ready.dependencies.find(({ name }) => name === 'meilisearch')?.ok).toBe(false);
      await index.start();
      await settle();
    },
    TEST_MS,
  );

  it(
    'its data deleted',
    async () => {
      await index.kill();
      await index.deleteData();
      await delay(AWAY_MS / 4);
      await index.start();
      await settle();
      expect(program.text).toContain('is filled anew');
    },
    TEST_MS,
  );

  it(
    'while the feeder itself is killed',
    async () => {
      for (let kill = 0; kill < KILLS; kill++) {
        await delay(integerBetween(random, 200, 4_000));
        await searches.stop();
        await program.kill();
        await load.pause();
        await startProgram();
        load.resume(program.url);
        searches = searches.on(program.url);
        await searches.useTheIndex();
      }
      await settle();
    },
    TEST_MS,
  );

  /** Sent = acknowledged = found, all searches were complete, and the index holds every event again. */
  async function settle(): Promise<void> {
    await load.acknowledges(30);
    await searches.useTheIndex();
    await load.finish();
    await searches.stop();
    await readBack(program.url, account);
    const verdict = account.verdict();
    await waitUntil(
      'the index holds every event',
      async () => (await documents()) === verdict.found,
      CONVERGED_MS,
    );
    const paged = await pageThrough(program.url, 'event');
    process.stderr.write(
      `${verdictLine(verdict, 1)}; ${searches.done} searches, ${searches.withIndex} of them with the index\n`,
    );
    expect(load.violations).toEqual([]);
    expect(verdict).toMatchObject({ lost: 0, dup: 0, foreign: 0, corrupt: 0 });
    expect(searches.incomplete).toEqual([]);
    expect(paged.engines).toContain('meilisearch');
    expect({ hits: paged.hits.length, ids: new Set(paged.hits.map(({ id }) => id)).size }).toEqual({
      hits: verdict.found,
      ids: verdict.found,
    });
    expect(program.log.filter(({ level }) => level === 'error')).toEqual([]);
  }

  /** Those of events: each index has one more, its seal. */
  async function documents(): Promise<number> {
    const answer = await fetch(`${index.url}/stats`, {
      headers: { authorization: `Bearer ${index.apiKey}` },
    });
    const { indexes } = (await answer.json()) as {
      readonly indexes: Readonly<Record<string, { readonly numberOfDocuments: number }>>;
    };
    return Object.values(indexes).reduce((sum, each) => sum + each.numberOfDocuments - 1, 0);
  }
});

/** Looks for events that were acknowledged, all the time. */
class Searches {
  done = 0;
  withIndex = 0;
  /** Searches that did not find their one event. */
  readonly incomplete: string[] = [];
  private readonly url: string;
  private readonly account: EventAccount;
  private readonly random: () => number;
  private readonly running: Promise<void>;
  private stopped = false;

  constructor(url: string, account: EventAccount, random: () => number) {
    this.url = url;
    this.account = account;
    this.random = random;
    this.running = this.run();
  }

  /** The same ones elsewhere, after `stop`. */
  on(url: string): Searches {
    const searches = new Searches(url, this.account, this.random);
    searches.incomplete.push(...this.incomplete);
    return searches;
  }

  /** Resolves once the index has had its part in some more answers. */
  async useTheIndex(): Promise<void> {
    const goal = this.withIndex + 5;
    await waitUntil('searches use the index', () => this.withIndex >= goal, CONVERGED_MS);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      const { acknowledgedNumbers } = this.account;
      const number = acknowledgedNumbers[Math.floor(this.random() * acknowledgedNumbers.length)];
      if (number !== undefined) await this.search(number);
      await delay(20);
    }
  }

  /** Its words stand in its message alone; a long number is no word of the index. */
  private async search(number: number): Promise<void> {
    const [, ...text] = knownEvent(this.account.run, number).message.split(': ');
    const query = `"event ${number}" "${text.join(' ').replaceAll(/["\\]/g, ' ')}"`;
    const { hits, engines, partial } = await searchPage(this.url, query, null);
    this.done++;
    if (engines.includes('meilisearch')) this.withIndex++;
    const numbers = hits.map(({ metadata }) => metadata.number);
    if (partial || numbers.length !== 1 || numbers[0] !== number)
      this.incomplete.push(`${query}: ${JSON.stringify({ numbers, engines, partial })}`);
  }
}

async function pageThrough(url: string, query: string): Promise<Omit<Answer, 'nextCursor'>> {
  const hits: Answer['hits'][number][] = [];
  const engines = new Set<string>();
  let cursor: string | null = null;
  do {
    const page: Answer = await searchPage(url, query, cursor);
    hits.push(...page.hits);
    for (const engine of page.engines) engines.add(engine);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return { hits, engines: [...engines], partial: false };
}

async function searchPage(url: string, q: string, cursor: string | null): Promise<Answer> {
  const parameters = new URLSearchParams({ q, limit: '1000', ...(cursor && { cursor }) });
  const answer = await fetch(`${url}/api/v1/search?${parameters.toString()}`);
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`the search answered ${answer.status}: ${text}`);
  return JSON.parse(text) as Answer;
}
