import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { browser, suite } from '../support/requirement.ts';
import { waitUntil } from '../support/wait-until.ts';
import { BrowserSession } from './browser-session.ts';
import { SearchPageParts } from './page-parts.ts';

const BATCH = 'rows-3c81';

suite('rows, columns and patterns', browser, (executable) => {
  let session: BrowserSession;
  let ui: SearchPageParts;

  beforeAll(async () => {
    session = await BrowserSession.start(executable);
    await session.postLogLines();
    await session.post(
      [
        ...['order 1 failed', 'order 1 failed', 'order 2 failed', 'stopped'].map((message) => ({
          service: 'folds',
          message,
        })),
        { service: 'ansi', message: '\u001b[1;31mRED\u001b[0m and \u001b[32mgreen\u001b[0m' },
        { service: 'json', message: '{"order":12345678901234567890,"items":[1,2]}' },
        { service: 'tabs', message: 'one\ttwo\nthree', metadata: { region: 'eu' } },
        { service: 'tabs', message: '\u001b[31mlast', metadata: { region: 'us' } },
        { service: 'front', traceId: 'trace-7', spanId: 'a', message: 'asked' },
        { service: 'back', traceId: 'trace-7', spanId: 'b', message: 'looking' },
        { service: 'back', traceId: 'trace-7', spanId: 'b', level: 'error', message: 'not there' },
        { service: 'front', traceId: 'trace-7', spanId: 'a', message: 'answered' },
      ].map((event, at) => ({ ...event, commit: BATCH, timestamp: 1_700_000_000_000 + at })),
    );
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

  const headings = (): Promise<string[]> =>
    ui.page.locator('ps-columns-heading .name').allInnerTexts();

  it('makes a field of an event a column, by mouse and by keyboard, and keeps it in the URL', async () => {
    await open('/?q=service:openssh', '2,000 events');
    await ui.rows.first().click();
    const component = ui.detail.locator('li[data-field="metadata.component"]');
    await component.hover();
    await component.getByRole('button', { name: 'Column metadata.component' }).click();
    await ui.detail.locator('li[data-field="resourceId"]').focus();
    await ui.page.keyboard.press('a');
    await ui.parameter('cols', (cols) => cols === 'source,metadata.component,resourceId');
    expect(await headings()).toEqual(['source', 'component', 'resourceId']);
    expect(await ui.rows.first().locator('.cell').allInnerTexts()).toEqual([
      'openssh',
      expect.stringContaining('sshd'),
      'LabSZ',
    ]);
    await ui.page.reload();
    await waitUntil('the columns after a reload', async () => (await headings()).length === 3);
  });

  it('moves columns by dragging and by keyboard, and removes them', async () => {
    await open('/?q=service:openssh&cols=service,resourceId,level', '2,000 events');
    const heading = ui.page.locator('ps-columns-heading .heading');
    await heading.nth(2).dragTo(heading.nth(0));
    await ui.parameter('cols', (cols) => cols === 'level,service,resourceId');
    await ui.page.locator('ps-columns-heading .name').first().focus();
    await ui.page.keyboard.press('Alt+ArrowRight');
    await ui.parameter('cols', (cols) => cols === 'service,level,resourceId');
    await ui.page.locator('ps-columns-heading .name:focus').waitFor();
    await ui.page.keyboard.press('Delete');
    await ui.parameter('cols', (cols) => cols === 'service,resourceId');
    await ui.page.getByRole('button', { name: 'Columns', exact: true }).click();
    const menu = ui.page.getByRole('dialog', { name: 'Columns' });
    await menu.getByRole('searchbox').fill('component');
    await menu.getByLabel('metadata.component').check();
    await ui.parameter('cols', (cols) => cols === 'service,resourceId,metadata.component');
    await menu.getByRole('button', { name: 'As at the beginning' }).click();
    await ui.parameter('cols', (cols) => cols === null);
  });

  it('sets the width of a column by mouse and by keyboard, and keeps it in the URL', async () => {
    await open('/?q=service:openssh&cols=service,resourceId', '2,000 events');
    const edge = ui.page.getByRole('separator', { name: 'Width of the column service' });
    const width = async (): Promise<number> =>
      Math.round((await ui.rows.first().locator('.cell').first().boundingBox())?.width ?? 0);
    const before = await width();
    const box = await edge.boundingBox();
    if (box === null) throw new Error('the column has no edge');
    await ui.page.mouse.move(box.x + 7, box.y + 10);
    await ui.page.mouse.down();
    await ui.page.mouse.move(box.x + 67, box.y + 10, { steps: 3 });
    await waitUntil('the width while it is dragged', async () => (await width()) === before + 60);
    expect(new URL(ui.page.url()).searchParams.get('widths')).toBeNull();
    await ui.page.mouse.up();
    await ui.parameter('widths', (widths) => widths === `service:${before + 60}`);
    await ui.page.keyboard.press('ArrowLeft');
    await ui.parameter('widths', (widths) => widths === `service:${before + 44}`);
    await ui.page.reload();
    await waitUntil('the width after a reload', async () => (await width()) === before + 44);
    expect(await edge.getAttribute('aria-valuenow')).toBe((before + 44).toString());
    await edge.dblclick();
    await ui.parameter('widths', (widths) => widths === null);
    await waitUntil('the width by itself', async () => (await width()) === before);
    expect(await headings()).toEqual(['service', 'resourceId']);
  });

  it('changes lines, density and digits of the time', async () => {
    await open('/?q=service:openssh&tz=utc', '2,000 events');
    const height = async (): Promise<number> => (await ui.rows.first().boundingBox())?.height ?? 0;
    expect(await height()).toBe(22);
    await ui.page.keyboard.press('w');
    await waitUntil('wrapped rows', async () => (await height()) === 64);
    await ui.page.keyboard.press('w');
    await ui.page.getByRole('button', { name: 'View', exact: true }).click();
    await ui.page.getByRole('button', { name: 'Compact' }).click();
    await waitUntil('compact rows', async () => (await height()) === 18);
    await ui.page.getByRole('button', { name: 'Microseconds' }).click();
    await waitUntil('microseconds', async () =>
      /\.\d{6}$/.test((await ui.rows.first().locator('time').textContent()) ?? ''),
    );
  });

  it('shows repeats once with their number', async () => {
    await open('/?q=service:folds', '4 events');
    await ui.page.getByRole('button', { name: 'View', exact: true }).click();
    await ui.page.getByRole('button', { name: 'Once', exact: true }).click();
    await waitUntil('three rows', async () => (await ui.rows.count()) === 3);
    expect(await ui.rows.nth(2).innerText()).toMatch(/×2\s*order 1 failed/);
    await ui.page.getByRole('button', { name: 'Alike once' }).click();
    await waitUntil('two rows', async () => (await ui.rows.count()) === 2);
    expect(await ui.rows.nth(1).innerText()).toMatch(/×3\s*order 2 failed/);
    await ui.page.keyboard.press('Escape');
    await ui.rows.nth(1).click();
    expect(await ui.detail.locator('pre.message').innerText()).toBe('order 2 failed');
  });

  it('folds thousands of rows while they are scrolled', async () => {
    await open('/?q=service:zookeeper&fold=alike', '2,000 events');
    await ui.page.locator('#rows').focus();
    await waitUntil(
      'the oldest row',
      async () => {
        await ui.page.keyboard.press('End');
        const last = ui.rows.last();
        const [position, size] = await Promise.all([
          last.getAttribute('aria-posinset'),
          last.getAttribute('aria-setsize'),
        ]);
        return position === size && (await ui.page.locator('.row-loading').count()) === 0;
      },
      20_000,
    );
    const counts = await ui.page.locator('#rows .repeats').count();
    expect(counts).toBeGreaterThan(0);
  });

  it('draws the colours of terminals and prints JSON in lines', async () => {
    await open('/?q=service:ansi', '1 event');
    await ui.rows.first().click();
    for (const part of [ui.rows.first(), ui.detail.locator('pre.message')]) {
      expect(await part.locator('.ansi-1.ansi-bold').textContent()).toBe('RED');
      expect(await part.locator('.ansi-2').textContent()).toBe('green');
    }
    await ui.search('service:json');
    await ui.rows.filter({ hasText: '"items":[1,2]' }).click();
    const message = ui.detail.locator('pre.message');
    expect(await message.textContent()).toBe(
      '{\n  "order": 12345678901234567890,\n  "items": [\n    1,\n    2\n  ]\n}',
    );
    await ui.detail.getByRole('button', { name: 'As sent' }).click();
    await message.filter({ hasText: '{"order":12345678901234567890,"items":[1,2]}' }).waitFor();
  });

  it('says in a row of one line that a message has more of them', async () => {
    await open('/?q=service:tabs three', '1 event');
    const text = ui.rows.first().locator('.message');
    expect(await text.textContent()).toBe('one\ttwo ↵ three');
    await ui.page.keyboard.press('w');
    await text.filter({ hasText: /^one\ttwo\nthree$/ }).waitFor();
  });

  it('copies clean lines with the chosen columns', async () => {
    await open('/?q=service:tabs&cols=metadata.region', '2 events');
    const copied = await ui.page.evaluate(`(() => {
      const rows = document.querySelectorAll('ps-result-row');
      getSelection().setBaseAndExtent(rows[0], 0, rows[1], rows[1].childNodes.length);
      const event = new ClipboardEvent('copy', { bubbles: true, cancelable: true, clipboardData: new DataTransfer() });
      rows[0].dispatchEvent(event);
      return event.clipboardData.getData('text/plain');
    })()`);
    expect(copied).toBe(
      '2023-11-14T22:13:20.007000Z\tinfo\tus\tlast\n2023-11-14T22:13:20.006000Z\tinfo\teu\tone two three\n',
    );
  });

  it('shows a trace on a time line, and the trace alone', async () => {
    await open('/?q=service:front asked', '1 event');
    await ui.rows.first().click();
    await ui.page.keyboard.press('t');
    await ui.detail.getByText('4 events · 2 spans · 2 services · 3.0 ms').waitFor();
    const lanes = ui.detail.getByRole('list', { name: 'Spans' }).getByRole('listitem');
    expect(await lanes.locator('.service').allInnerTexts()).toEqual(['front', 'back']);
    expect(await lanes.locator('.took').allInnerTexts()).toEqual(['3.0 ms', '1.0 ms']);
    await lanes.getByRole('button', { name: '+2.0 ms error not there' }).click();
    await ui.detail.locator('pre.message').filter({ hasText: 'not there' }).waitFor();
    await ui.detail.getByRole('button', { name: 'Wide panel' }).click();
    await waitUntil(
      'the wide panel',
      async () => ((await ui.detail.boundingBox())?.width ?? 0) > 800,
    );
    await ui.detail.getByRole('tab', { name: 'Fields' }).click();
    await ui.detail.locator('li[data-field="traceId"]').hover();
    await ui.detail.getByRole('button', { name: 'Only this trace' }).click();
    await ui.parameter('q', (q) => q === 'traceId:trace-7');
    await ui.showsCount('4 events');
  });

  it('tells from an event whether its message is new', async () => {
    await open('/?q=service:folds "order 2"&from=2023-11-14T00:00:00Z', '1 event');
    await ui.rows.first().click();
    await ui.detail.getByRole('button', { name: 'Messages like this one' }).click();
    await ui.parameter('q', (q) => q === '"failed" "order"');
    await ui.parameter('from', (from) => from === null);
    await ui.showsCount('3 events');
  });

  it('groups messages by what they have in common and filters by them', async () => {
    await open('/?q=service:openssh', '2,000 events');
    await ui.page.keyboard.press('p');
    const patterns = ui.page.getByRole('list', { name: 'Patterns' }).getByRole('listitem');
    const closed = patterns.filter({ hasText: 'Received disconnect from' }).first();
    await closed.waitFor();
    await ui.page.getByRole('status').filter({ hasText: 'in 2,000 events' }).waitFor();
    const count = (await closed.locator('.count').textContent()) ?? '';
    await closed.locator('.open').click();
    await ui.parameter('view', (view) => view === null);
    await ui.showsCount(`${count} events`);
    await ui.page.goBack();
    await patterns.first().locator('.open').focus();
    const most = (await patterns.first().locator('.template').textContent()) ?? '';
    await ui.page.keyboard.press('-');
    await ui.parameter('q', (q) => q?.startsWith('service:openssh -(') === true);
    await waitUntil(
      'another first pattern',
      async () => (await patterns.first().locator('.template').textContent()) !== most,
    );
  });

  it('says that patterns are of the newest where the budget ended the reading', async () => {
    ui = new SearchPageParts(await session.open('/'));
    await ui.page.route('**/api/v1/patterns?*', (route) =>
      route.continue({ url: `${route.request().url()}&budget=10ms` }),
    );
    await ui.showsCount('16,012 events');
    await ui.page.keyboard.press('p');
    await ui.page.getByRole('status').filter({ hasText: 'partial' }).waitFor();
    await ui.page.getByRole('status').filter({ hasText: 'in the newest' }).waitFor();
  });
});
