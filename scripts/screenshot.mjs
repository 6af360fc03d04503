/**
 * `node scripts/screenshot.mjs [url]`: docs/screenshot.png of the page of a running Penstock (by default
 * http://localhost:3000) that holds the log lines of test/data/loghub.ndjson.gz.
 */
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { ROOT } from './prepare.mjs';

const [url = 'http://localhost:3000'] = process.argv.slice(2);
const QUERY = 'level:>=warn -service:apache';

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run'],
});
const context = await browser.newContext({
  viewport: { width: 1440, height: 900 },
  colorScheme: 'dark',
  timezoneId: 'UTC',
});
const page = await context.newPage();
const address = new URL(url);
address.searchParams.set('q', QUERY);
address.searchParams.set('from', '2015-10-18T18:00:00Z');
address.searchParams.set('to', '2015-10-18T18:11:00Z');
await page.goto(address.href);
const row = page.locator('ps-result-row').nth(6);
await row.click();
await page.locator('ps-event-detail li').first().waitFor();
await page.mouse.move(1_100, 700);
await page.evaluate('document.fonts.ready');
await page.screenshot({ path: join(ROOT, 'docs/screenshot.png') });
await browser.close();
