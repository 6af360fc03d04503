import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { browser, suite } from '../support/requirement.ts';
import { BrowserSession } from './browser-session.ts';

suite('the status of the pipeline in the page', browser, (executable) => {
  let session: BrowserSession;

  beforeAll(async () => {
    session = await BrowserSession.start(executable);
  }, 60_000);

  afterAll(async () => {
    await session.end();
    expect(session.complaints).toEqual([]);
  }, 30_000);

  const button = (page: Page, summary: string | RegExp): Locator =>
    page.getByRole('button', { name: summary });

  it('is a button that shows its details, by keyboard alone', async () => {
    const page = await session.open('/');
    const status = button(page, 'Pipeline: all good');
    await status.waitFor();
    const details = page.getByRole('dialog', { name: 'Pipeline' });
    await status.focus();
    await page.keyboard.press('Enter');
    await details.filter({ hasText: 'All good' }).waitFor();
    await details.getByRole('listitem').filter({ hasText: 'standalone' }).waitFor();
    expect(await details.locator('dt').allTextContents()).toEqual([
      'Received',
      'Written',
      'Writers',
      'Waiting',
      'In quarantine',
    ]);
    await page.keyboard.press('Escape');
    await details.waitFor({ state: 'hidden' });
    expect(await page.locator(':focus').getAttribute('aria-label')).toBe('Pipeline: all good');
    await page.context().close();
  });

  it('leaves the page its width on a telephone', async () => {
    const page = await session.open('/', { viewport: { width: 390, height: 844 } });
    const status = button(page, 'Pipeline: all good');
    await status.click();
    const box = await page.getByRole('dialog', { name: 'Pipeline' }).boundingBox();
    expect(box!.x).toBeGreaterThanOrEqual(0);
    expect(box!.x + box!.width).toBeLessThanOrEqual(390);
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(390);
    await page.context().close();
  });

  it('tells that Postgres is away, and that it is back', async () => {
    const page = await session.open('/');
    await button(page, 'Pipeline: all good').waitFor();
    const thaw = session.freezePostgres();
    try {
      await button(page, /^Pipeline: \d notices$/).waitFor({ timeout: 20_000 });
      await page.getByRole('status').filter({ hasText: 'Postgres cannot be reached' }).waitFor();
    } finally {
      thaw();
    }
    await button(page, 'Pipeline: all good').waitFor({ timeout: 20_000 });
    await page.context().close();
  });
});
