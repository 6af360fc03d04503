import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { browser, suite } from '../support/requirement.ts';
import { BrowserSession } from './browser-session.ts';
import { SearchPageParts } from './page-parts.ts';
import { violations } from './violations.ts';

const PAGE_FOLDER = join(import.meta.dirname, '../../dist/ui/browser');
const MOST_BYTES = 300_000;

suite('the quality of the page', browser, (executable) => {
  let session: BrowserSession;
  let ui: SearchPageParts;

  beforeAll(async () => {
    session = await BrowserSession.start(executable);
    await session.postLogLines();
    await session.post([
      { service: 'front', traceId: 't-1', spanId: 'a', message: '\u001b[31mred\u001b[0m asked' },
      { service: 'back', traceId: 't-1', spanId: 'b', level: 'error', message: '{"a":1}' },
    ]);
  }, 120_000);

  afterAll(async () => {
    await session.end();
  }, 30_000);

  afterEach(async () => {
    await ui.page.context().close();
  });

  const STATES: readonly [string, string, (page: Page) => Promise<void>][] = [
    [
      'rows with an event',
      '/?q=service:openssh failed&cols=service,metadata.component',
      async (page) => {
        await page.locator('ps-result-row').first().click();
        await page.locator('ps-event-detail li').first().waitFor();
      },
    ],
    [
      'a trace',
      '/?q=traceId:t-1',
      async (page) => {
        await page.locator('ps-result-row').first().click();
        await page.getByRole('tab', { name: 'Trace' }).click();
        await page.getByRole('list', { name: 'Spans' }).waitFor();
      },
    ],
    [
      'patterns',
      '/?view=patterns',
      async (page) => {
        await page.getByRole('list', { name: 'Patterns' }).waitFor();
      },
    ],
    [
      'the choice of time',
      '/?q=-service:spark level:error',
      async (page) => {
        // Keys work once the page is there.
        await page.locator('ps-result-row').first().waitFor();
        await page.keyboard.press('d');
        await page.getByRole('dialog', { name: 'Time range' }).waitFor();
      },
    ],
    [
      'the help',
      '/?q=level:(error',
      async (page) => {
        await page.locator('.query-error').waitFor();
        await page.keyboard.press('?');
        await page.getByRole('dialog', { name: 'Keys and queries' }).waitFor();
      },
    ],
    [
      'a query of another product',
      '/?q={service="spark"} |= "broadcast"',
      async (page) => {
        await page.getByRole('button', { name: 'Search for service:spark' }).waitFor();
      },
    ],
    [
      'nothing found',
      '/?q=service:nobody&from=-15m',
      async (page) => {
        await page.getByRole('heading', { name: 'No event matches' }).waitFor();
        await page
          .getByRole('button', { name: /In all time|Everything/ })
          .first()
          .waitFor();
      },
    ],
    [
      'the start page',
      '/start',
      async (page) => {
        await page.getByText('All good').waitFor();
      },
    ],
    [
      'the faults of saving a search',
      '/?q=level:error',
      async (page) => {
        await page.locator('ps-result-row').first().waitFor();
        await page.keyboard.press('s');
        const dialog = page.getByRole('dialog', { name: 'Save this search' });
        await dialog.getByRole('button', { name: 'Save' }).click();
        await dialog.getByText('A name is needed').waitFor();
      },
    ],
    [
      'a search that failed',
      '/?q=level:error',
      async (page) => {
        await page.route('**/api/v1/search?*', (route) => route.abort());
        await page.reload();
        await page.getByRole('heading', { name: 'The search failed' }).waitFor();
      },
    ],
    [
      'the live tail',
      '/?live=1',
      async (page) => {
        await page.locator('ps-result-row').first().waitFor();
      },
    ],
  ];

  describe.each([
    ['dark', 1440, 900],
    ['light', 1440, 900],
    ['dark', 390, 844],
    ['light', 390, 844],
  ] as const)('in the %s theme at %d px', (colorScheme, width, height) => {
    it.each(STATES)('has no violation with %s', async (_name, path, prepare) => {
      const options = {
        viewport: { width, height },
        colorScheme,
        reducedMotion: 'reduce',
      } as const;
      ui = new SearchPageParts(await session.open(path, options));
      await prepare(ui.page);
      expect(await violations(ui.page)).toEqual([]);
    });
  });

  it('is below 300 kB when it is first loaded, compressed', async () => {
    ui = new SearchPageParts(await session.open('/start'));
    const index = await readFile(join(PAGE_FOLDER, 'index.html'), 'utf8');
    const files = [...index.matchAll(/(?:src|href)="([^"/]+\.(?:js|css))"/g)].map(
      ([, file]) => file ?? '',
    );
    const contents = await Promise.all(files.map((file) => readFile(join(PAGE_FOLDER, file))));
    const bytes = [Buffer.from(index), ...contents].map((content) => gzipSync(content).length);
    expect(files.length).toBeGreaterThanOrEqual(2);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MOST_BYTES);
  });

  /** The sum of all layout shifts since the page began. */
  function shifts(page: Page): Promise<number> {
    return page.evaluate<number>(`new Promise((resolve) => {
      let sum = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
      }).observe({ type: 'layout-shift', buffered: true });
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
    })`);
  }

  it.each([
    [1440, 900],
    [390, 844],
  ])('moves nothing that is on the screen, %d px wide', async (width, height) => {
    const options = { viewport: { width, height } };
    ui = new SearchPageParts(await session.open('/?q=level:>=warn', options));
    await ui.summary.filter({ hasText: 'complete' }).waitFor();
    await ui.page.locator('ps-histogram path.bars:not([d=""])').first().waitFor();
    expect(await shifts(ui.page)).toBeLessThan(0.05);
  });
});
