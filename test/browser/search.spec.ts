import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { browser, suite } from '../support/requirement.ts';
import { waitUntil } from '../support/wait-until.ts';
import { BrowserSession } from './browser-session.ts';
import { SearchPageParts } from './page-parts.ts';

suite('the search page with real log lines', browser, (executable) => {
  let session: BrowserSession;
  let ui: SearchPageParts;

  beforeAll(async () => {
    session = await BrowserSession.start(executable);
    await session.postLogLines();
  }, 90_000);

  afterAll(async () => {
    await session.end();
  }, 30_000);

  beforeEach(() => {
    session.complaints.length = 0;
  });

  afterEach(async () => {
    await ui.page.context().close();
    expect(session.complaints).toEqual([]);
  });

  const open = async (path: string, count: string): Promise<void> => {
    ui = new SearchPageParts(await session.open(path));
    await ui.showsCount(count);
  };

  it('shows everything that is stored on the first visit, newest first', async () => {
    await open('/', '16,000 events');
    expect(await ui.rows.first().textContent()).toContain('2023-12-10 11:04:45.000');
    expect(await ui.facetValue('level', 'fatal').textContent()).toContain('349');
    expect(await ui.facetValue('service', 'zookeeper').textContent()).toContain('2,000');
  });

  it('searches on Enter, marks what matched and keeps the query in the URL', async () => {
    await open('/', '16,000 events');
    await ui.page.keyboard.press('/');
    await ui.page.keyboard.type('level:>=warn "failed to renew"');
    await ui.page.keyboard.press('Enter');
    await ui.parameter('q', (q) => q === 'level:>=warn "failed to renew"');
    await ui.showsCount('326 events');
    expect(await ui.rows.first().locator('mark').textContent()).toBe('Failed to renew');
    await ui.page.reload();
    await ui.showsCount('326 events');
    expect(await ui.query.textContent()).toBe('level:>=warn "failed to renew"');
  });

  it('says that it still counts, and nothing of the search before, beside new rows', async () => {
    await open('/', '16,000 events');
    const release = Promise.withResolvers<undefined>();
    await ui.page.route('**/api/v1/histogram?*', async (route) => {
      await release.promise;
      await route.continue();
    });
    await ui.search('service:spark');
    await ui.showsCount('counting…');
    expect(await ui.rows.first().textContent()).toContain('spark');
    const said = await ui.summary.textContent();
    expect(said).toContain('more than 200 events');
    expect(said).not.toContain('complete');
    expect(await ui.page.locator('.results.dimmed').count()).toBe(0);
    release.resolve(undefined);
    await ui.showsCount('2,000 events');
    await ui.showsCount('complete');
  });

  it('claims no count of rows whose counting was cancelled', async () => {
    await open('/', '16,000 events');
    await ui.page.route('**/api/v1/histogram?*', () => new Promise<void>(() => undefined));
    await ui.search('service:spark');
    await ui.showsCount('counting…');
    await ui.page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await ui.showsCount('not counted');
    await ui.showsCount('more than 200 events');
    expect(await ui.page.locator('ps-histogram').count()).toBe(0);
  });

  it('offers similar messages only with a search index, and names the remedy where a link asks for them', async () => {
    await open('/', '16,000 events');
    const similar = ui.page.getByRole('button', { name: 'Similar messages' });
    expect(await similar.count()).toBe(0);
    await ui.page.goto(`${session.url}/?q=conection&mode=similar`);
    await ui.page.getByRole('alert').filter({ hasText: 'Set MEILI_URL' }).waitFor();
    expect(await similar.getAttribute('aria-pressed')).toBe('true');
    await ui.page.keyboard.press('m');
    await ui.parameter('mode', (mode) => mode === null);
    await ui.showsCount('0 events');
  });

  it('goes back and forward through searches', async () => {
    await open('/', '16,000 events');
    await ui.search('service:spark');
    await ui.showsCount('2,000 events');
    await ui.search('level:fatal');
    await ui.showsCount('349 events');
    await ui.page.goBack();
    await ui.showsCount('2,000 events');
    expect(await ui.query.textContent()).toBe('service:spark');
    await ui.page.goBack();
    await ui.showsCount('16,000 events');
    await ui.page.goForward();
    await ui.page.goForward();
    await ui.showsCount('349 events');
  });

  it('filters by clicks on facets and pills', async () => {
    await open('/', '16,000 events');
    await ui.facetValue('level', 'fatal').click();
    await ui.showsCount('349 events');
    expect(await ui.pills.allTextContents()).toEqual([expect.stringContaining('fatal')]);
    await ui.facetValue('service', 'bgl').hover();
    await ui.page.getByRole('button', { name: 'Without service bgl', exact: true }).click();
    await ui.parameter('q', (q) => q === 'level:fatal -service:bgl');
    await ui.pills
      .first()
      .getByRole('button', { name: /^Remove/ })
      .click();
    await ui.showsCount('14,000 events');
  });

  it('keeps the tab of an event in the URL', async () => {
    await open('/?q=level:fatal', '349 events');
    const selected = (name: string): Promise<void> =>
      ui.detail.getByRole('tab', { name, exact: true, selected: true }).waitFor();
    await ui.page.keyboard.press('j');
    await ui.page.keyboard.press('t');
    await selected('Trace');
    await ui.parameter('tab', (tab) => tab === 'trace');
    await ui.page.reload();
    await selected('Trace');
    await ui.detail.getByRole('tab', { name: 'JSON' }).click();
    await ui.parameter('tab', (tab) => tab === 'json');
    await ui.detail.getByRole('tab', { name: 'Fields' }).click();
    await ui.parameter('tab', (tab) => tab === null);
    await selected('Fields');
  });

  it('filters by the fields of an event', async () => {
    await open('/?q=level:fatal', '349 events');
    await ui.rows.nth(1).click();
    const component = ui.detail.locator('li[data-field="metadata.component"]');
    await component.hover();
    await component.getByRole('button', { name: /^Only metadata.component/ }).click();
    await ui.parameter('q', (q) => q?.startsWith('level:fatal metadata.component:') === true);
  });

  it('shows values whole and actions beside their names where nothing hovers', async () => {
    const telephone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
    ui = new SearchPageParts(await session.open('/?q=service:openssh', telephone));
    await ui.rows.first().tap();
    const fields = ui.detail.locator('ps-field-list li');
    await fields.first().waitFor();
    for (const field of await fields.all()) {
      const value = await field.locator('.value').boundingBox();
      const actions = await field.locator('.actions').boundingBox();
      if (value === null || actions === null) throw new Error('a field is not drawn');
      expect(actions.y + actions.height).toBeLessThanOrEqual(value.y);
    }
    await ui.detail.getByRole('button', { name: /^Without service/ }).tap();
    await ui.parameter('q', (q) => q?.includes('-service:') === true);
  });

  it('sets quick and absolute ranges', async () => {
    await open('/', '16,000 events');
    await ui.page.keyboard.press('d');
    await ui.page.getByRole('textbox', { name: 'From', exact: true }).fill('2005-01-01');
    await ui.page.getByRole('textbox', { name: 'To', exact: true }).fill('2006-01-01 00:00');
    await ui.page.getByRole('button', { name: 'Apply' }).click();
    await ui.showsCount('3,999 events');
    await ui.page.getByRole('button', { name: /^Time range/ }).click();
    await ui.page.getByRole('button', { name: 'Last 15 minutes' }).click();
    await ui.parameter('from', (from) => from === '-15m');
    await ui.page.getByRole('heading', { name: 'No event matches' }).waitFor();
    await ui.page.getByRole('button', { name: /In all time/ }).click();
    await ui.showsCount('16,000 events');
  });

  it('is walked by keyboard alone', async () => {
    await open('/', '16,000 events');
    await ui.page.keyboard.press('j');
    await ui.page.keyboard.press('j');
    await ui.page.keyboard.press('k');
    await waitUntil(
      'the first row to be selected',
      async () => (await ui.rows.first().getAttribute('aria-selected')) === 'true',
    );
    await ui.page.keyboard.press('Enter');
    await ui.detail.waitFor();
    await ui.page.keyboard.press('c');
    await ui.detail.getByRole('list', { name: 'Surrounding events' }).waitFor();
    await ui.page.keyboard.press('t');
    await ui.detail.getByText('This event has no traceId').waitFor();
    await ui.detail.getByRole('tab', { name: 'Fields' }).click();
    await ui.detail.locator('li[data-field="service"]').focus();
    await ui.page.keyboard.press('-');
    await ui.parameter('q', (q) => q === '-service:openssh');
    await ui.showsCount('14,000 events');
    await ui.page.keyboard.press('?');
    const help = ui.page.getByRole('dialog', { name: 'Keys and queries' });
    await help.waitFor();
    await ui.page.keyboard.press('Escape');
    await help.waitFor({ state: 'hidden' });
    await ui.page.keyboard.press('/');
    await ui.page.locator('.cm-editor.cm-focused').waitFor();
  });

  it('has no completion once a query is made, so that Escape leads to the rows', async () => {
    await open('/', '16,000 events');
    await ui.query.click();
    await ui.page.keyboard.type('level:fatal');
    const options = ui.page.locator('.cm-tooltip-autocomplete li');
    await options.filter({ hasText: 'fatal' }).waitFor();
    await ui.page.keyboard.press('Enter');
    await ui.showsCount('349 events');
    expect(await options.count()).toBe(0);
    await ui.page.keyboard.press('Escape');
    await ui.page.keyboard.press('j');
    await ui.page.locator('#row-0[aria-selected="true"]').waitFor();
  });

  it('opens an event by its link and closes it with Escape', async () => {
    await open('/?q=level:fatal', '349 events');
    await ui.rows.nth(5).click();
    const id = await ui.parameter('event', (event) => event !== null);
    const message = await ui.detail.locator('pre.message').textContent();
    await ui.page.goto(`${session.url}/?event=${id}`);
    await ui.detail.waitFor();
    expect(await ui.detail.locator('pre.message').textContent()).toBe(message);
    await ui.page.keyboard.press('Escape');
    await ui.detail.waitFor({ state: 'detached' });
  });

  it('scrolls to the oldest event and back with few rows in the document', async () => {
    await open('/', '16,000 events');
    await ui.page.locator('#rows').focus();
    await ui.page.keyboard.press('End');
    await ui.rows.filter({ hasText: '2005-06-03' }).first().waitFor();
    expect(await ui.rows.count()).toBeLessThan(80);
    await ui.page.keyboard.press('Home');
    await ui.rows.filter({ hasText: '2023-12-10 11:04:45.000' }).first().waitFor();
  });

  it('names the remedy when the server fails, and tries again', async () => {
    await open('/', '16,000 events');
    await ui.page.route('**/api/v1/search*', (route) => route.abort());
    await ui.search('service:bgl');
    await ui.page.getByRole('alert').filter({ hasText: 'does not answer' }).waitFor();
    expect(await ui.rows.count()).toBeGreaterThan(20);
    await ui.showsCount('of the search before');
    await ui.page.getByText('Counts are of the search before').waitFor();
    await ui.page.unroute('**/api/v1/search*');
    // By itself, as after the server was started again.
    await ui.showsCount('2,000 events');
    expect(await ui.summary.textContent()).not.toContain('of the search before');
  });

  it('tries again what failed for good only when it is told to', async () => {
    await open('/', '16,000 events');
    const problem = { title: 'Internal Server Error', status: 500, code: 'internal' };
    const contentType = 'application/problem+json';
    let asked = 0;
    await ui.page.route('**/api/v1/search?*', (route) => {
      asked += 1;
      return route.fulfill({ status: 500, contentType, body: JSON.stringify(problem) });
    });
    await ui.search('service:bgl');
    const alert = ui.page.getByRole('alert').filter({ hasText: 'Internal Server Error' });
    await alert.waitFor();
    expect(await alert.textContent()).not.toContain('by itself');
    expect(asked).toBe(1);
    await ui.page.unroute('**/api/v1/search?*');
    await ui.page.getByRole('button', { name: 'Try again' }).click();
    await ui.showsCount('2,000 events');
  });

  it('says which time of a link it cannot read, and goes on from there', async () => {
    ui = new SearchPageParts(await session.open('/?from=yesterday'));
    await ui.page.getByRole('alert').filter({ hasText: '"yesterday" is no time' }).waitFor();
    await ui.page.getByRole('button', { name: 'Time range: yesterday – now' }).click();
    await ui.page.getByRole('button', { name: 'All time' }).click();
    await ui.showsCount('16,000 events');
  });

  it.each([
    ['level:error zxcvqw', 'Without zxcvqw', 'level:error', '809 events'],
    ['level:fatal zxcvqw qwzx', 'Without all of the words', 'level:fatal', '349 events'],
    [
      'level:fatal and service:bgl',
      'Written as level:fatal AND service:bgl',
      'level:fatal AND service:bgl',
      '347 events',
    ],
  ])('offers for %s what finds something', async (query, offer, q, count) => {
    await open('/', '16,000 events');
    await ui.search(query);
    await ui.page.getByRole('button', { name: `${offer} ${count}` }).click();
    await ui.parameter('q', (now) => now === q);
    await ui.showsCount(count);
  });

  it('says where the events around one end', async () => {
    await open('/', '16,000 events');
    await ui.page.keyboard.press('j');
    await ui.page.keyboard.press('c');
    await ui.detail.getByRole('button', { name: '10 older events' }).waitFor();
    await ui.detail.getByText('Nothing is newer.').waitFor();
  });

  it('completes fields and values', async () => {
    await open('/', '16,000 events');
    await ui.query.click();
    await ui.page.keyboard.type('serv');
    const options = ui.page.locator('.cm-tooltip-autocomplete li');
    await options.filter({ hasText: 'service' }).first().waitFor();
    await ui.page.keyboard.press('ArrowDown');
    await ui.page.keyboard.press('Tab');
    await options.filter({ hasText: 'zookeeper' }).waitFor();
    await ui.page.keyboard.type('zoo');
    await options.filter({ hasText: 'zookeeper' }).click();
    await ui.page.keyboard.press('Enter');
    await ui.parameter('q', (q) => q === 'service:zookeeper');
    await ui.showsCount('2,000 events');
    await ui.query.fill('level:>=');
    await options.filter({ hasText: 'warn' }).click();
    await ui.page.keyboard.press('Enter');
    await ui.parameter('q', (q) => q === 'level:>=warn');
  });

  it.each(['CSV', 'NDJSON'])('exports everything that matches as %s', async (format) => {
    await open('/?q=level:fatal', '349 events');
    await ui.page.getByRole('button', { name: 'Export' }).click();
    const [download] = await Promise.all([
      ui.page.waitForEvent('download'),
      ui.page.getByRole('link', { name: new RegExp(`^${format}`) }).click(),
    ]);
    const text = await readFile(await download.path(), 'utf8');
    const lines = text.trim().split('\n');
    expect(lines).toHaveLength(format === 'CSV' ? 350 : 349);
  });

  it('shows progress and can be cancelled while the last results stay', async () => {
    await open('/', '16,000 events');
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await ui.page.route('**/api/v1/search*', async (route) => {
      await held;
      await route.abort();
    });
    await ui.search('service:bgl');
    await ui.page.getByRole('progressbar', { name: 'Searching' }).waitFor();
    expect(await ui.rows.count()).toBeGreaterThan(20);
    await ui.page.getByRole('button', { name: 'Cancel' }).click();
    await ui.page.getByRole('progressbar').waitFor({ state: 'detached' });
    release();
    await ui.showsCount('16,000 events');
    await ui.showsCount('of the search before');
    await ui.page.unroute('**/api/v1/search*');
    await ui.page.goBack();
    await ui.showsCount('complete');
  });

  it('has no wider page than a phone, and sheets for fields and events', async () => {
    ui = new SearchPageParts(await session.open('/', { viewport: { width: 390, height: 844 } }));
    await ui.showsCount('16,000 events');
    const width = await ui.page.evaluate('document.documentElement.scrollWidth');
    expect(width).toBe(390);
    await ui.page.getByRole('button', { name: 'Fields', exact: true }).click();
    await ui.facetValue('level', 'fatal').click();
    await ui.showsCount('349 events');
    await ui.rows.first().click();
    await ui.detail.waitFor();
    expect((await ui.detail.boundingBox())?.width).toBeGreaterThan(380);
    await ui.page.getByRole('button', { name: 'Close the event' }).click();
    await ui.detail.waitFor({ state: 'detached' });
  });

  it('copies marked rows as lines of timestamp, level and message', async () => {
    await open('/?q=level:fatal', '349 events');
    const copied = await ui.page.evaluate(`(() => {
      const rows = document.querySelectorAll('ps-result-row');
      getSelection().setBaseAndExtent(rows[0], 0, rows[2], rows[2].childNodes.length);
      const event = new ClipboardEvent('copy', { bubbles: true, cancelable: true, clipboardData: new DataTransfer() });
      rows[0].dispatchEvent(event);
      return event.clipboardData.getData('text/plain');
    })()`);
    const lines = String(copied).trim().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z\tfatal\t./);
  });

  it('keeps the chosen theme', async () => {
    await open('/', '16,000 events');
    await ui.page.getByRole('button', { name: 'Settings and help' }).click();
    await ui.page.getByRole('button', { name: 'Dark' }).click();
    const isDark = async (): Promise<boolean> =>
      (await ui.page.evaluate('getComputedStyle(document.body).backgroundColor')) ===
      'rgb(17, 20, 24)';
    await waitUntil('the dark theme', isDark);
    await ui.page.reload();
    await waitUntil('the dark theme after a reload', isDark);
  });
});
