import { hostname } from 'node:os';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { browser, suite } from '../support/requirement.ts';
import { Account } from './account.ts';
import { BrowserSession } from './browser-session.ts';
import { SearchPageParts } from './page-parts.ts';
import { buildPseudoPage, servePseudoPage, untranslated } from './pseudo-page.ts';

const PASSWORD = 'correct horse battery';
/** What the test sent, names, units, and texts that are the gateway's own. */
const KEPT = [
  hostname(),
  'front|back|asked|node|admin|standalone|trace|debug|info|warn|error|fatal|UTC|JSON|px|µs|ms|kB',
  'title: Mozilla.*|a parenthesis is not closed; expected',
  'title|aria-label|aria-valuetext',
].join('|');
const isText = (text: string): boolean =>
  /\p{L}{2}/u.test(text.replaceAll(new RegExp(`(?<!\\p{L})(?:${KEPT})(?!\\p{L})`, 'gu'), ''));

suite('the page in another language', browser, (executable) => {
  let session: BrowserSession;
  let ui: SearchPageParts;

  beforeAll(async () => {
    [session] = await Promise.all([
      BrowserSession.start(executable, { AUTH: 'on', ADMIN_PASSWORD: PASSWORD }),
      buildPseudoPage(),
    ]);
    const admin = await Account.signIn(session.url, 'admin', PASSWORD);
    await admin.call('POST', 'tokens', { name: 'token', bytesPerDay: 5_000_000, services: null });
    await session.post([
      { service: 'front', traceId: 't-1', spanId: 'a', message: 'asked' },
      { service: 'back', traceId: 't-1', spanId: 'b', level: 'error', message: '{"a":1}' },
    ]);
  }, 240_000);

  afterAll(async () => {
    await session.end();
  }, 30_000);

  afterEach(async () => {
    await ui.page.context().close();
  });

  const button = (name: string | RegExp) => ui.page.getByRole('button', { name });

  const STATES: readonly [string, () => Promise<void>][] = [
    ['/start', () => ui.page.locator('.volume .count').first().waitFor()],
    [
      '/?q=service:back&from=-1h',
      async () => {
        await ui.rows.first().click();
        await ui.detail.locator('li').first().waitFor();
        await ui.page
          .locator('ps-histogram path.bars:not([d=""])')
          .first()
          .waitFor({ state: 'attached' });
        await button(/Compare/).click();
      },
    ],
    [
      '/?q=traceId:t-1&cols=service',
      async () => {
        await ui.rows.first().click();
        await ui.page.keyboard.press('t');
        await ui.page.locator('.lanes .lane').first().waitFor();
        await button(/Export/).click();
      },
    ],
    [
      '/?view=patterns',
      async () => {
        await ui.page.locator('.patterns .template').first().waitFor();
        await ui.page.keyboard.press('d');
      },
    ],
    [
      '/?q=level:(error',
      async () => {
        await ui.page.locator('.query-error').waitFor();
        await ui.page.keyboard.press('?');
      },
    ],
    [
      '/?q=service:nobody&from=-15m',
      async () => {
        await ui.page.locator('.choice').first().waitFor();
        await ui.page.locator('#rows, body').first().press('s');
      },
    ],
    ['/?live=1', () => ui.page.locator('.live-dot.on').waitFor()],
    ['/account', () => ui.page.locator('.entries li').first().waitFor()],
    ['/admin/users?edit=new', () => ui.page.locator('dialog[open]').waitFor()],
    ['/admin/users', () => ui.page.locator('tbody tr').first().waitFor()],
    ['/admin/tokens?edit=new', () => ui.page.locator('dialog[open]').waitFor()],
    ['/admin/tokens', () => ui.page.locator('tbody tr').first().waitFor()],
    ['/admin/quarantine', () => ui.page.locator('.admin-page .none').waitFor()],
    ['/admin/audit', () => ui.page.locator('tbody tr').first().waitFor()],
  ];

  it('has every text in the language that it was built for', async () => {
    ui = new SearchPageParts(await session.open('/api/v1/health'));
    await servePseudoPage(ui.page);
    await ui.page.goto(session.url);
    await ui.page.locator('dialog.sign-in').waitFor();
    expect(await untranslated(ui.page)).toEqual([]);
    await ui.page.locator('[name=username]').fill('admin');
    await ui.page.locator('[name=password]').fill(PASSWORD);
    await ui.page.keyboard.press('Enter');
    await ui.page.locator('dialog.sign-in').waitFor({ state: 'detached' });
    for (const [path, ready] of STATES) {
      await ui.page.goto(session.url + path);
      await ready();
      const texts = (await untranslated(ui.page)).filter(isText);
      expect({ path, texts }).toEqual({ path, texts: [] });
    }
  }, 120_000);
});
