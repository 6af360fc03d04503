import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { Locator } from 'playwright-core';
import { browser, suite } from '../support/requirement.ts';
import { waitUntil } from '../support/wait-until.ts';
import { BrowserSession } from './browser-session.ts';
import { SearchPageParts } from './page-parts.ts';

suite('the query and its filters', browser, (executable) => {
  let session: BrowserSession;
  let ui: SearchPageParts;

  beforeAll(async () => {
    session = await BrowserSession.start(executable);
    await session.postLogLines();
  }, 120_000);

  afterAll(async () => {
    await session.end();
  }, 30_000);

  afterEach(async () => {
    await ui.page.context().close();
    expect(session.complaints).toEqual([]);
    session.complaints.length = 0;
  });

  const open = async (path: string, count: string): Promise<void> => {
    ui = new SearchPageParts(await session.open(path));
    await ui.showsCount(count);
  };

  const button = (name: string | RegExp): Locator => ui.page.getByRole('button', { name });

  it('negates, switches off and edits filters by their pills', async () => {
    await open('/?q=level:fatal service:bgl', '347 events');
    await button('Negate service bgl').click();
    await ui.parameter('q', (q) => q === 'level:fatal -service:bgl');
    await ui.showsCount('2 events');
    await button('Switch off not service bgl').click();
    await ui.showsCount('349 events');
    await ui.parameter('off', (off) => off === '-service:bgl');
    await ui.page.reload();
    await button('Switch on -service:bgl').click();
    await ui.showsCount('2 events');
    await ui.parameter('off', (off) => off === null);
    await button('Edit level fatal').click();
    await ui.page.keyboard.type('level:error');
    await ui.page.keyboard.press('Enter');
    await ui.parameter('q', (q) => q === 'level:error -service:bgl');
  });

  it('remembers queries, by a list and by the arrow keys', async () => {
    await open('/?q=service:spark', '2,000 events');
    await ui.search('service:hdfs');
    await ui.rows.filter({ hasText: 'hdfs' }).first().waitFor();
    await ui.query.fill('');
    await ui.page.keyboard.press('ArrowUp');
    await waitUntil(
      'the last query',
      async () => (await ui.query.textContent()) === 'service:hdfs',
    );
    await ui.page.keyboard.press('ArrowUp');
    await waitUntil(
      'the one before',
      async () => (await ui.query.textContent()) === 'service:spark',
    );
    await ui.page.keyboard.press('ArrowDown');
    await waitUntil(
      'the last again',
      async () => (await ui.query.textContent()) === 'service:hdfs',
    );
    await button('Queries made before').click();
    const past = ui.page.getByRole('dialog', { name: 'Queries made before' });
    await past.getByRole('button', { name: 'service:spark' }).click();
    await ui.parameter('q', (q) => q === 'service:spark');
  });

  it('shows only a value, several of them, and the statistics of a field', async () => {
    await open('/', '16,000 events');
    await ui.facetValue('service', 'zookeeper').click();
    await ui.showsCount('2,000 events');
    await ui.page.goBack();
    await ui.showsCount('16,000 events');
    await ui.facetValue('service', 'zookeeper').click();
    await ui.showsCount('2,000 events');
    await ui.page.getByRole('searchbox', { name: 'Search fields' }).fill('component');
    await button('metadata.component').first().hover();
    await button('Statistics of metadata.component').click();
    const facts = ui.page.getByRole('dialog', { name: 'Statistics of metadata.component' });
    await facts.filter({ hasText: '2,000 (100.0%)' }).waitFor();
    await ui.page.keyboard.press('Escape');
    await button('Pin metadata.component').click();
    await ui.page.getByRole('searchbox', { name: 'Search fields' }).fill('');
    await ui.page.reload();
    await ui.showsCount('2,000 events');
    const first = ui.page.locator('ps-facet .facet-name').first();
    expect(await first.textContent()).toBe('metadata.component');
    await ui.search('level:fatal');
    await ui.showsCount('349 events');
    await ui.facetValue('service', 'bgl').click();
    await ui.showsCount('347 events');
    await ui.search('');
    await ui.showsCount('16,000 events');
    await ui.facetValue('service', 'spark').click();
    await ui.parameter('q', (q) => q === 'service:spark');
    await ui.page.getByRole('searchbox', { name: 'Search fields' }).fill('metadata.never.seen');
    await button('Count the values of metadata.never.seen').click();
    await ui.page.getByText('No event here has it').first().waitFor();
  });

  it('adds a second value of a field to the first', async () => {
    await open('/?q=service:spark', '2,000 events');
    await ui.page.evaluate(`document.querySelectorAll('ps-facet')[1].scrollIntoView()`);
    await ui.search('service:(spark OR hdfs)');
    await ui.showsCount('4,000 events');
    await ui.facetValue('service', 'hdfs').click({ modifiers: ['Shift'] });
    await ui.parameter('q', (q) => q === 'service:spark');
    await ui.showsCount('2,000 events');
  });

  it('says where a query is wrong and recovers', async () => {
    await open('/', '16,000 events');
    await ui.search('level:(error');
    const alert = ui.page.locator('.query-error');
    await alert.waitFor();
    expect(await alert.textContent()).toMatch(/Column 13:.*parenthesis/);
    expect(await ui.page.locator('.cm-query-error').count()).toBe(1);
    // Nothing is drawn over what it says.
    const covered = await ui.page.evaluate(`(() => {
      const box = document.querySelector('.query-error');
      const { left, top, width, height } = box.getBoundingClientRect();
      const lines = Array.from({ length: Math.floor(height) }, (_, at) => top + at + 0.5);
      return lines.filter((y) => !box.contains(document.elementFromPoint(left + width / 2, y)));
    })()`);
    expect(covered).toEqual([]);
    expect(await ui.rows.count()).toBeGreaterThan(20);
    await ui.search('level:(error OR fatal)');
    await ui.showsCount('1,158 events');
    expect(await alert.count()).toBe(0);
  });

  it('offers the query of another product as it is written here', async () => {
    await open('/', '16,000 events');
    await ui.search('{service="bgl", level!="error"} |= "instruction cache"');
    await ui.page.locator('.query-error').waitFor();
    const written = 'service:bgl -level:error "instruction cache"';
    await button(`Search for ${written}`).click();
    await ui.parameter('q', (q) => q === written);
    await ui.page.locator('.query-error').waitFor({ state: 'detached' });
    expect(await ui.page.evaluate(`document.activeElement.closest('.editor') !== null`)).toBe(true);
    await ui.rows.filter({ hasText: 'instruction cache parity error' }).first().waitFor();
  });
});
