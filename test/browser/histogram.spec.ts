import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { browser, suite } from '../support/requirement.ts';
import { waitUntil } from '../support/wait-until.ts';
import { BrowserSession } from './browser-session.ts';
import { SearchPageParts } from './page-parts.ts';

suite('the histogram over real log lines', browser, (executable) => {
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

  it('gives a drag over the histogram up on Escape, and only that', async () => {
    await open('/?q=service:openssh', '2,000 events');
    await ui.rows.first().click();
    await ui.detail.waitFor();
    const plot = ui.page.locator('ps-histogram .plot');
    const box = await plot.boundingBox();
    if (box === null) throw new Error('the histogram is not drawn');
    await ui.page.mouse.move(box.x + box.width * 0.5, box.y + 30);
    await ui.page.mouse.down();
    await ui.page.mouse.move(box.x + box.width * 0.8, box.y + 40, { steps: 4 });
    await plot.locator('.selection').waitFor();
    await ui.page.keyboard.press('Escape');
    await plot.locator('.selection').waitFor({ state: 'detached' });
    await ui.page.mouse.up();
    expect(await ui.detail.count()).toBe(1);
    await ui.page.keyboard.press('Escape');
    await ui.parameter('event', (event) => event === null);
    expect(new URL(ui.page.url()).searchParams.has('from')).toBe(false);
  });

  it.each([1440, 390])(
    'keeps what it tells of a bar inside of the chart, %d px wide',
    async (width) => {
      ui = new SearchPageParts(
        await session.open('/?q=level:>=info', { viewport: { width, height: 844 } }),
      );
      const plot = ui.page.locator('ps-histogram .plot');
      await plot.locator('path.bars:not([d=""])').first().waitFor();
      const box = await plot.boundingBox();
      if (box === null) throw new Error('the histogram is not drawn');
      for (const key of ['Home', 'End']) {
        await plot.press(key);
        const details = await ui.page.locator('ps-histogram .details').boundingBox();
        if (details === null) throw new Error('nothing is told');
        expect(details.x).toBeGreaterThanOrEqual(box.x - 1);
        expect(details.x + details.width).toBeLessThanOrEqual(box.x + box.width + 1);
      }
    },
  );

  it('zooms by dragging over the histogram', async () => {
    await open('/?q=service:openssh', '2,000 events');
    const plot = ui.page.locator('ps-histogram .plot');
    await plot.locator('path.bars:not([d=""])').first().waitFor();
    const box = await plot.boundingBox();
    if (box === null) throw new Error('the histogram is not drawn');
    await ui.page.mouse.move(box.x + box.width * 0.8, box.y + 30);
    await ui.page.mouse.down();
    await ui.page.mouse.move(box.x + box.width - 1, box.y + 40, { steps: 4 });
    await ui.page.mouse.up();
    const from = await ui.parameter('from', (value) => value !== null);
    const to = await ui.parameter('to', (value) => value !== null);
    expect(from < to).toBe(true);
    await waitUntil('fewer events', async () => {
      const count = Number(
        (await ui.summary.textContent())?.replace(/ event.*/s, '').replace(',', ''),
      );
      return count > 0 && count < 2_000;
    });
  });

  it('zooms by keyboard over the histogram', async () => {
    await open('/', '16,000 events');
    await ui.page.locator('ps-histogram .plot').focus();
    await ui.page.keyboard.press('End');
    await ui.page.keyboard.press('Enter');
    await ui.parameter('from', (from) => from?.startsWith('2023') === true);
    await ui.showsCount('2,000 events');
  });
});
