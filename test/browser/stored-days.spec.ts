import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Locator, Page } from 'playwright-core';
import { browser, suite } from '../support/requirement.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Account } from './account.ts';
import { BrowserSession, EVENTS_STORED } from './browser-session.ts';
import { SearchPageParts } from './page-parts.ts';
import { violations } from './violations.ts';

const PASSWORD = 'correct horse battery';
const DAY_MS = 86_400_000;
const SETUP_MS = 240_000;

interface Stretches {
  readonly events: number;
  readonly segments: readonly { readonly where: string; readonly events: number }[];
}

suite('what is stored where', browser, (executable) => {
  let session: BrowserSession;
  let folder: string;
  let admin: Account;
  let page: Page;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'penstock-stored-'));
    session = await BrowserSession.start(executable, {
      AUTH: 'on',
      ADMIN_PASSWORD: PASSWORD,
      INGEST_AUTH: 'off',
      COLUMNAR_FOLDER: folder,
      COLUMNAR_AFTER: '1m',
      POSTGRES_KEEP: '0',
    });
    admin = await Account.signIn(session.url, 'admin', PASSWORD);
    await admin.call('POST', 'users', { name: 'lin', role: 'viewer', password: PASSWORD });
    const limited = { name: 'lim', role: 'viewer', services: ['openssh'], password: PASSWORD };
    await admin.call('POST', 'users', limited);
    await session.postLogLines();
    const [before, today] = [at(2), at(0)];
    await session.post(eventsOf(before, 300));
    const client = new pg.Client({ connectionString: session.databaseUrl });
    await client.connect();
    // The ten minutes without a write are over.
    await client.query(`UPDATE log_group SET committed_at = now() - interval '1 hour'`);
    await waitUntil('all days are in files', () => everythingIsInFiles(client), SETUP_MS);
    await client.end();
    await session.post([...eventsOf(before, 20), ...eventsOf(today, 50)]);
  }, SETUP_MS + 60_000);

  afterAll(async () => {
    await session.end();
    await rm(folder, { recursive: true, force: true });
    expect(session.complaints).toEqual([]);
  }, 30_000);

  afterEach(() => page.context().close());

  /** Noon so many days ago, so that a day holds all that is sent for it; today: a moment ago. */
  function at(daysAgo: number): number {
    const now = Date.now();
    return daysAgo === 0 ? now - 1_000 : Math.floor(now / DAY_MS - daysAgo) * DAY_MS + DAY_MS / 2;
  }

  function eventsOf(time: number, count: number): object[] {
    return Array.from({ length: count }, (_, number) => ({
      timestamp: new Date(time).toISOString(),
      service: `service-${number % 3}`,
      message: `request ${number} done`,
    }));
  }

  async function everythingIsInFiles(client: pg.Client): Promise<boolean> {
    const { rows } = await client.query<{ rows: string; files: string }>(
      `SELECT (SELECT count(*) FROM log_event_all) AS rows,
         (SELECT coalesce(sum(events), 0) FROM columnar_file WHERE segment_id IS NOT NULL) AS files`,
    );
    return rows[0]?.rows === '0' && Number(rows[0].files) === EVENTS_STORED + 300;
  }

  async function open(path: string, name = 'lin', options = {}): Promise<void> {
    page = await session.open(path, options);
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.locator('dialog.sign-in').waitFor({ state: 'detached' });
  }

  const days = (): Locator => page.locator('.stored-days tbody tr');

  /** Per cent of each day's bar, in files and in tables. */
  async function barShares(): Promise<number[][]> {
    const bars = await page.locator('.stored-days td.bar').all();
    return Promise.all(
      bars.map(async (bar) => {
        const styles = await Promise.all(
          ['.files', '.tables'].map((part) => bar.locator(part).getAttribute('style')),
        );
        return styles.map((style) => Number(/width: ([\d.]+)%/.exec(style ?? '')?.[1]));
      }),
    );
  }

  it('is a page: each day, its size and where it lies', async () => {
    await open('/storage');
    await days().first().waitFor();
    const stored = await admin.call<Stretches>('GET', 'segments');
    expect(stored.events).toBe(EVENTS_STORED + 370);
    expect(await days().count()).toBe(stored.segments.length);
    const [today, before] = [days().first(), days().nth(1)];
    expect(await today.locator('.badge').textContent()).toBe('Postgres');
    expect(await today.locator('.events').textContent()).toBe('50');
    expect(await before.locator('.badge').textContent()).toBe('files and Postgres');
    expect(await before.locator('.events').textContent()).toBe('320');
    expect(await days().nth(2).locator('.badge').textContent()).toBe('files');
    await page.getByRole('status').filter({ hasText: '16,370 events' }).waitFor();
    // Bars are shares of the largest day: which that is hangs on how small files and tables of a few events are.
    const shares = await barShares();
    expect(Math.max(...shares.map(([files = 0, tables = 0]) => files + tables))).toBeCloseTo(100);
    expect(shares[0]).toEqual([0, expect.any(Number)]);
    expect(shares[1]?.every((share) => share > 0)).toBe(true);
    expect(shares[2]).toEqual([expect.any(Number), 0]);
  });

  it('is reached from the status of the pipeline, by keyboard alone, and read again', async () => {
    await open('/');
    await page.getByRole('button', { name: /^Pipeline/ }).focus();
    await page.keyboard.press('Enter');
    const link = page.getByRole('link', { name: 'Storage by day' });
    await link.waitFor();
    await link.focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/storage');
    await days().first().waitFor();
    const again = page.getByRole('button', { name: 'Read again' });
    await again.focus();
    const asked = page.waitForResponse('**/api/v1/segments');
    await page.keyboard.press('Enter');
    expect((await asked).status()).toBe(200);
  });

  it('is not told to whoever may see some services only', async () => {
    await open('/storage', 'lim');
    await page.getByText('What is stored is not told apart by service').waitFor();
    expect(await days().count()).toBe(0);
    expect(await page.evaluate(`fetch('/api/v1/segments').then(({ status }) => status)`)).toBe(403);
  });

  it('is said by the answer of a search', async () => {
    await open('/?q=service:openssh');
    const ui = new SearchPageParts(page);
    await ui.showsCount('from columnar files');
    await ui.search('service:"service-1"');
    await ui.showsCount('from columnar files and Postgres');
  });

  it.each([
    ['dark', 1440, 900],
    ['light', 1440, 900],
    ['dark', 390, 844],
    ['light', 390, 844],
  ] as const)('has no violation in the %s theme at %d px', async (colorScheme, width, height) => {
    const viewport = { width, height };
    await open('/storage', 'lin', { viewport, colorScheme, reducedMotion: 'reduce' });
    await days().first().waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    const pictures = process.env['SCREENSHOTS'];
    if (pictures !== undefined)
      await page.screenshot({ path: `${pictures}/storage-${colorScheme}-${width}.png` });
  });
});
