import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { Locator } from 'playwright-core';
import { browser, suite } from '../support/requirement.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Account } from './account.ts';
import { BrowserSession } from './browser-session.ts';
import { SearchPageParts } from './page-parts.ts';

const ADMIN = { name: 'admin', password: 'correct horse battery' };
const EDITOR = { name: 'edda', password: 'quite another passphrase' };
const VIEWER = { name: 'vito', password: 'yet another passphrase' };

suite('signing in', browser, (executable) => {
  let session: BrowserSession;
  let admin: Account;
  let ui: SearchPageParts;

  beforeAll(async () => {
    session = await BrowserSession.start(executable, {
      AUTH: 'on',
      ADMIN_PASSWORD: ADMIN.password,
      LOGIN_FAILURES: '3',
      LOGIN_LOCKOUT: '2m',
    });
    admin = await Account.signIn(session.url, ADMIN.name, ADMIN.password);
    await admin.call('POST', 'users', { ...EDITOR, role: 'editor', services: null });
    await admin.call('POST', 'users', { ...VIEWER, role: 'viewer', services: ['shop'] });
    await session.post(
      ['shop', 'shop', 'bank'].map((service, n) => ({ service, message: `event ${n}` })),
    );
  }, 60_000);

  afterAll(async () => {
    await session.end();
  }, 30_000);

  afterEach(async () => {
    await ui.page.context().close();
    expect(session.complaints).toEqual([]);
    session.complaints.length = 0;
  });

  const dialog = (): Locator => ui.page.locator('dialog.sign-in');
  const button = (name: string | RegExp): Locator =>
    ui.page.getByRole('button', typeof name === 'string' ? { name, exact: true } : { name });

  async function fillIn({ name, password }: typeof ADMIN): Promise<void> {
    await dialog().getByLabel('Name').fill(name);
    await dialog().getByLabel('Password', { exact: true }).fill(password);
    await ui.page.keyboard.press('Enter');
  }

  const open = async (path: string): Promise<void> => {
    ui = new SearchPageParts(await session.open(path));
    await dialog().waitFor();
  };

  it('teaches the first call with the token that it needs, and where tokens are made', async () => {
    await open('/?q=nothing');
    await ui.page.route('**/api/v1/search?*', (route) =>
      route.fulfill({
        json: { hits: [], nextCursor: null, partial: false, engines: [], tookMs: 1 },
      }),
    );
    await fillIn(ADMIN);
    await ui.page.getByRole('heading', { name: 'Nothing is stored yet' }).waitFor();
    expect(await ui.page.locator('.code code').textContent()).toContain(
      "-H 'Authorization: Bearer <ingest token>'",
    );
    await ui.page.getByRole('link', { name: 'make an ingest token' }).click();
    await ui.page.getByRole('heading', { name: 'Ingest tokens' }).waitFor();
  });

  it('shows nothing of the page before, keeps the URL, and goes on there', async () => {
    await open('/?q=service:shop&cols=service');
    expect(await ui.page.locator('ps-search-page').count()).toBe(0);
    await ui.page.keyboard.press('Escape');
    await ui.page.keyboard.press('Escape');
    const name = dialog().getByLabel('Name');
    expect(await ui.page.locator(':focus').getAttribute('name')).toBe('username');
    expect(await name.getAttribute('autocomplete')).toBe('username');
    const password = dialog().getByLabel('Password', { exact: true });
    expect(await password.getAttribute('autocomplete')).toBe('current-password');
    await fillIn({ ...ADMIN, password: 'wrong' });
    await dialog()
      .getByRole('alert')
      .filter({ hasText: 'The name or the password is wrong' })
      .waitFor();
    await fillIn(ADMIN);
    await ui.showsCount('2 events');
    await dialog().waitFor({ state: 'detached' });
    await ui.parameter('cols', (cols) => cols === 'service');
    await button('Account of admin').click();
    const account = ui.page.getByRole('dialog', { name: 'Account' });
    await account.getByText('Admin', { exact: true }).waitFor();
    await account.getByRole('button', { name: 'Sign out' }).click();
    await dialog().waitFor();
    expect(await ui.page.locator('ps-search-page').count()).toBe(0);
    await ui.page.reload();
    await dialog().waitFor();
  });

  it('goes on where it was when a session ends in the middle: what is written, the search and the tail', async () => {
    await open('/?q=service:stream&live=1');
    await fillIn(EDITOR);
    await ui.summary.filter({ hasText: 'live' }).waitFor();
    await session.post([{ service: 'stream', message: 'before' }]);
    await ui.rows.filter({ hasText: 'before' }).waitFor();
    await ui.query.fill('service:stream AND half a que');
    await admin.endSessions(EDITOR.name);
    await dialog().waitFor({ timeout: 20_000 });
    expect(await dialog().getByLabel('Name').inputValue()).toBe(EDITOR.name);
    await dialog().getByText('Your session has ended').waitFor();
    await session.post(
      Array.from({ length: 300 }, (_, n) => ({ service: 'stream', message: `between ${n}` })),
    );
    await dialog().getByLabel('Password', { exact: true }).fill(EDITOR.password);
    await ui.page.keyboard.press('Enter');
    await ui.showsCount('301 events since');
    await session.post([{ service: 'stream', message: 'after' }]);
    await ui.rows.filter({ hasText: 'after' }).waitFor();
    expect(await ui.rows.first().getAttribute('aria-setsize')).toBe('302');
    expect(await ui.query.textContent()).toBe('service:stream AND half a que');

    await ui.page.keyboard.press('Escape');
    await ui.page.keyboard.press('l');
    await ui.showsCount('302 events');
    await admin.endSessions(EDITOR.name);
    await ui.search('service:bank');
    await dialog().waitFor();
    await dialog().getByLabel('Password', { exact: true }).fill(EDITOR.password);
    await ui.page.keyboard.press('Enter');
    await ui.showsCount('1 event');
  });

  it('shows a user only what they may see', async () => {
    await open('/');
    await fillIn(VIEWER);
    await ui.showsCount('2 events');
    await button('Account of vito').click();
    const account = ui.page.getByRole('dialog', { name: 'Account' });
    await account.getByText('Sees only: shop').waitFor();
    await ui.page.keyboard.press('Escape');
    expect(await button(/^Export/).count()).toBe(0);
    expect(await button(/^Pipeline/).count()).toBe(0);
    await ui.page.locator('#rows').focus();
    await ui.page.keyboard.press('s');
    expect(await ui.page.locator('dialog[open]').count()).toBe(0);
    await button('Settings and help').click();
    expect(await ui.page.getByText('Users, tokens, quarantine, audit log').count()).toBe(0);
    await ui.page.goto(`${session.url}/admin/users`);
    await ui.page.getByText('Only admins may see this').waitFor();
  });

  it('changes the password and ends other sessions', async () => {
    await Account.signIn(session.url, EDITOR.name, EDITOR.password);
    await open('/account');
    await fillIn(EDITOR);
    const entries = ui.page.getByRole('list', { name: 'Where you are signed in' });
    await entries.getByText('this session').waitFor();
    const before = await entries.getByRole('listitem').count();
    await entries.getByRole('button', { name: 'Sign out' }).first().click();
    await waitUntil(
      'a session less',
      async () => (await entries.getByRole('listitem').count()) === before - 1,
    );
    await ui.page.getByLabel('Present password').fill('not this one');
    await ui.page.getByLabel('New password').fill('short');
    await button('Change the password').click();
    await ui.page.getByRole('alert').filter({ hasText: 'at least 12' }).waitFor();
    await ui.page.getByLabel('New password').fill('a fresh passphrase');
    await button('Change the password').click();
    await ui.page.getByRole('alert').filter({ hasText: 'present password' }).waitFor();
    await ui.page.getByLabel('Present password').fill(EDITOR.password);
    await button('Change the password').click();
    await ui.page.getByText('The password is changed').waitFor();
    await waitUntil('one session', async () => (await entries.getByRole('listitem').count()) === 1);
    await Account.signIn(session.url, EDITOR.name, 'a fresh passphrase');
  });

  it('says how long a lock lasts', async () => {
    await admin.call('POST', 'users', { ...VIEWER, name: 'luke', role: 'viewer' });
    await open('/');
    const lock = dialog().getByRole('alert').filter({ hasText: 'no more are taken for 2 min' });
    await waitUntil('the lock', async () => {
      await fillIn({ name: 'luke', password: 'a wrong one' });
      return (await lock.count()) > 0;
    });
    await dialog()
      .getByText(/Again in (2 min|\d+ s)/)
      .waitFor();
    expect(await dialog().locator('button[type=submit]').isDisabled()).toBe(true);
  });
});
