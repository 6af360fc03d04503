import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { Locator, Route } from 'playwright-core';
import { browser, suite } from '../support/requirement.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { waitUntil } from '../support/wait-until.ts';
import { BrowserSession } from './browser-session.ts';
import { SearchPageParts } from './page-parts.ts';

const DAY = 86_400_000;

suite('exploring with filters, times and facets', browser, (executable) => {
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

  it('shifts the range, searches again by itself, and takes days from a calendar', async () => {
    const range = 'from=2023-12-10T09:00:00Z&to=2023-12-10T10:00:00Z';
    ui = new SearchPageParts(await session.open(`/?tz=utc&${range}`));
    await ui.summary.filter({ hasText: 'complete' }).waitFor();
    await ui.page.keyboard.press('d');
    await button('The range after').click();
    await ui.parameter('from', (from) => from === '2023-12-10T10:00:00.000Z');
    await ui.parameter('to', (to) => to === '2023-12-10T11:00:00.000Z');
    await ui.page.keyboard.press('d');
    await button('The range before').click();
    await ui.parameter('to', (to) => to === '2023-12-10T10:00:00.000Z');
    await ui.page.keyboard.press('d');
    await ui.page.getByLabel('Day and time of From').waitFor({ state: 'attached' });
    await ui.page.evaluate(`(() => {
      const calendar = document.querySelector('.calendar');
      calendar.value = '2023-12-10T07:30';
      calendar.dispatchEvent(new Event('change'));
    })()`);
    const from = ui.page.getByRole('textbox', { name: 'From', exact: true });
    await waitUntil(
      'the day in the field',
      async () => (await from.inputValue()) === '2023-12-10 07:30',
    );
    await button('Apply').click();
    await ui.parameter('from', (from) => from === '2023-12-10T07:30:00.000Z');
    await ui.page.keyboard.press('d');
    const again = ui.page.waitForRequest('**/api/v1/search?*', { timeout: 15_000 });
    await ui.page.getByRole('button', { name: '5\u202fs', exact: true }).click();
    await ui.parameter('refresh', (refresh) => refresh === '5s');
    await again;
  });

  it('compares with the day before', async () => {
    const now = Date.now();
    const event = (ago: number) => ({
      service: 'compared',
      message: 'x',
      timestamp: now - ago,
    });
    await session.post([
      ...[1, 2, 3].map((minutes) => event(minutes * 60_000)),
      ...[1, 2].map((minutes) => event(DAY + minutes * 60_000)),
    ]);
    await open('/?q=service:compared&from=-1h', '3 events');
    await button(/^Compare$/).click();
    await button('With a day ago').click();
    await ui.parameter('compare', (compare) => compare === '1d');
    await ui.showsCount('2 events before, +50%');
    await ui.page.locator('ps-histogram path.earlier:not([d=""])').waitFor({ state: 'attached' });
    await ui.page.locator('ps-histogram .plot').focus();
    await ui.page.keyboard.press('End');
    await ui.page.locator('ps-histogram .details').filter({ hasText: ' before, ' }).waitFor();
  });

  it('says of a comparison and of statistics that they are partial', async () => {
    ui = new SearchPageParts(await session.open('/?q=service:spark&from=2000-01-01T00:00:00Z'));
    for (const call of ['field-statistics', 'histogram'])
      await ui.page.route(`**/api/v1/${call}?*`, partially);
    await ui.showsCount('2,000 events');
    await ui.page.getByRole('searchbox', { name: 'Search fields' }).fill('component');
    await button('metadata.component').first().hover();
    await button('Statistics of metadata.component').click();
    const facts = ui.page.getByRole('dialog', { name: 'Statistics of metadata.component' });
    await facts.getByText('Partial: the time budget was reached after 2,000 events').waitFor();
    await ui.page.keyboard.press('Escape');
    await ui.page.unroute('**/api/v1/histogram?*');
    await ui.page.route('**/api/v1/histogram?*interval=*', partially);
    await button(/^Compare$/).click();
    await button('With the range before').click();
    await ui.showsCount('partial: more than 0 events before');
  });

  it('exports the columns shown with its progress, and can be cancelled', async () => {
    await open('/?q=level:fatal&cols=service,metadata.component', '349 events');
    await button(/^Export$/).click();
    await button('Columns shown').click();
    const [download] = await Promise.all([
      ui.page.waitForEvent('download'),
      ui.page.getByRole('link', { name: /^CSV/ }).click(),
    ]);
    const lines = (await readFile(await download.path(), 'utf8')).trim().split('\r\n');
    expect(lines[0]).toBe('timestamp,level,service,metadata.component,message');
    expect(lines).toHaveLength(350);
    expect(download.suggestedFilename()).toMatch(/^penstock-.*\.csv$/);
    await ui.page.getByRole('status').filter({ hasText: '349 events, ' }).waitFor();
    await button('Dismiss the export').click();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await ui.page.route('**/api/v1/export?*', async (route) => {
      await held;
      await route.abort();
    });
    await button(/^Export$/).click();
    await ui.page.getByRole('link', { name: /^NDJSON/ }).click();
    await ui.page.getByRole('progressbar', { name: 'Exporting' }).waitFor();
    await button('Cancel export').click();
    await ui.page.getByRole('progressbar', { name: 'Exporting' }).waitFor({ state: 'detached' });
    release();
  });

  it('copies a search as a curl line that a shell understands', async () => {
    await open(
      `/?q=${encodeURIComponent(`level:fatal "it's" OR level:fatal service:bgl`)}`,
      '347 events',
    );
    await ui.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await button(/^Export$/).click();
    await button('Copy as curl').click();
    const line = await ui.page.evaluate<string>('navigator.clipboard.readText()');
    const { stdout } = await promisify(execFile)('sh', ['-c', line], {
      maxBuffer: 16 * 1024 * 1024,
      timeout: 20_000,
    });
    expect(stdout.trim().split('\n')).toHaveLength(347);
  });

  it('lets the browser download by itself where it gives pages no files, as over plain HTTP', async () => {
    ui = new SearchPageParts(await session.open('/?q=level:fatal'));
    await ui.page.addInitScript(`
      delete Crypto.prototype.randomUUID;
      delete Navigator.prototype.storage;
    `);
    await ui.page.reload();
    await ui.showsCount('349 events');
    expect(await ui.page.evaluate('"storage" in navigator || "randomUUID" in crypto')).toBe(false);
    await button(/^Export$/).click();
    const [download] = await Promise.all([
      ui.page.waitForEvent('download'),
      ui.page.getByRole('link', { name: /^NDJSON/ }).click(),
    ]);
    const lines = (await readFile(await download.path(), 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(349);
  });

  it('tails from a level on, tells the rate, and loses nothing over a lost connection', async () => {
    ui = new SearchPageParts(await session.open('/'));
    const target = Number(new URL(session.url).port);
    const proxy = await TcpProxy.listen(target);
    await ui.page.goto(proxy.through(`${session.url}/?q=service:lines&live=1`));
    await ui.summary.filter({ hasText: 'live' }).waitFor();
    await ui.page.getByLabel('Least level').selectOption('warn');
    await ui.parameter('q', (q) => q === 'service:lines level:>=warn');
    await ui.summary.filter({ hasText: 'live' }).waitFor();
    const line = (level: string, message: string) => ({ service: 'lines', level, message });
    await session.post([line('info', 'not this'), line('error', 'line 1')]);
    await ui.rows.filter({ hasText: 'line 1' }).waitFor();
    expect(await ui.rows.count()).toBe(1);
    await ui.summary.filter({ hasText: /[1-9]\S*\/s/ }).waitFor();
    // Nobody listens there.
    proxy.targetPort = 1;
    proxy.reset();
    await ui.summary.filter({ hasText: 'reconnecting' }).waitFor();
    await session.post([line('warn', 'line 2'), line('fatal', 'line 3')]);
    proxy.targetPort = target;
    await waitUntil('all three lines', async () => (await ui.rows.count()) === 3, 20_000);
    expect(await ui.rows.allInnerTexts()).toEqual(
      ['line 3', 'line 2', 'line 1'].map((text) => expect.stringContaining(text) as unknown),
    );
    await ui.page.goto('about:blank');
    await proxy.close();
  });

  it('ends a search as soon as another one is made', async () => {
    await open('/', '16,0');
    const ended: string[] = [];
    ui.page.on('requestfailed', (request) => ended.push(request.url()));
    await ui.page.route('**/api/v1/search?*service%3Abgl*', () => undefined);
    await ui.search('service:bgl');
    await ui.page.getByRole('progressbar', { name: 'Searching' }).waitFor();
    await ui.search('service:hdfs');
    await ui.showsCount('2,000 events');
    expect(ended.filter((url) => url.includes('/search?') && url.includes('bgl'))).toHaveLength(1);
  });

  it('saves a search with its range and columns, and runs it from the list and the start page', async () => {
    await open(
      '/?q=service:bgl level:fatal&cols=metadata.component&from=2005-01-01T00:00:00Z',
      '347 events',
    );
    await session.post([1, 2].map(() => ({ service: 'started', level: 'warn', message: 'x' })));
    await ui.page.keyboard.press('s');
    const dialog = ui.page.getByRole('dialog', { name: 'Save this search' });
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('A name is needed.').waitFor();
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Fatal of BGL');
    await dialog.getByRole('combobox', { name: 'Folder' }).fill('machines');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await ui.page.goto(`${session.url}/`);
    await ui.showsCount('16,');
    await button('Saved searches').click();
    const list = ui.page.getByRole('dialog', { name: 'Saved searches' });
    await list.getByText('machines').waitFor();
    await list.getByRole('button', { name: 'Fatal of BGL', exact: true }).click();
    await ui.showsCount('347 events');
    await ui.parameter('cols', (cols) => cols === 'metadata.component');
    await ui.page.getByRole('link', { name: 'Penstock: start page' }).click();
    await ui.page.getByRole('heading', { name: 'Saved searches' }).waitFor();
    await ui.page.getByRole('heading', { name: 'machines' }).waitFor();
    await ui.page.getByText('All good').waitFor();
    const services = ui.page.getByRole('list', { name: 'Services' }).getByRole('listitem');
    await services.getByRole('link', { name: 'started warn: 2' }).waitFor();
    await ui.page.getByRole('link', { name: 'Fatal of BGL' }).click();
    await ui.showsCount('347 events');
    await button('Saved searches').click();
    await button('Delete the saved search Fatal of BGL').click();
    await list.getByText('machines').waitFor({ state: 'detached' });
  });

  it('keeps the longest name of a saved search within its place', async () => {
    await open('/?q=service:bgl', '2,0');
    const name = 'x'.repeat(200);
    await ui.page.keyboard.press('s');
    const dialog = ui.page.getByRole('dialog', { name: 'Save this search' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await ui.page.goto(`${session.url}/start`);
    const link = ui.page.getByRole('link', { name });
    const card = ui.page.locator('section', { has: link });
    for (const width of [1440, 390]) {
      await ui.page.setViewportSize({ width, height: 844 });
      const inner = await link.boundingBox();
      const outer = await card.boundingBox();
      if (inner === null || outer === null) throw new Error('the search is not listed');
      expect(inner.x + inner.width).toBeLessThanOrEqual(outer.x + outer.width);
      expect(await ui.page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    }
    await ui.page.goto(`${session.url}/`);
    await button('Saved searches').click();
    const list = ui.page.getByRole('dialog', { name: 'Saved searches' });
    const run = list.getByRole('button', { name, exact: true });
    expect(await run.getAttribute('title')).toContain(name);
    const panel = await list.boundingBox();
    const remove = await list.getByRole('button', { name: /^Delete/ }).boundingBox();
    if (panel === null || remove === null) throw new Error('the list is not open');
    expect(remove.x + remove.width).toBeLessThanOrEqual(panel.x + panel.width);
    await list.getByRole('button', { name: /^Delete/ }).click();
    await run.waitFor({ state: 'detached' });
  });
});

/** Passes an answer on as one whose time budget was reached. */
async function partially(route: Route): Promise<void> {
  const response = await route.fetch();
  const answer = (await response.json()) as object;
  await route.fulfill({ response, json: { ...answer, partial: true } });
}
