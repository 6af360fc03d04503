import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Locator } from 'playwright-core';
import { browser, suite } from '../support/requirement.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Account } from './account.ts';
import { BrowserSession } from './browser-session.ts';
import { SearchPageParts } from './page-parts.ts';
import { violations } from './violations.ts';

const PASSWORD = 'correct horse battery';

suite('administration', browser, (executable) => {
  let session: BrowserSession;
  let admin: Account;
  let ui: SearchPageParts;

  beforeAll(async () => {
    session = await BrowserSession.start(executable, {
      AUTH: 'on',
      ADMIN_PASSWORD: PASSWORD,
      INGEST_AUTH: 'required',
    });
    admin = await Account.signIn(session.url, 'admin', PASSWORD);
    await admin.call('POST', 'users', { name: 'edda', role: 'editor', password: PASSWORD });
  }, 60_000);

  afterAll(async () => {
    await session.end();
  }, 30_000);

  afterEach(async () => {
    await ui.page.context().close();
    expect(session.complaints).toEqual([]);
    session.complaints.length = 0;
  });

  const button = (name: string | RegExp): Locator =>
    ui.page.getByRole('button', typeof name === 'string' ? { name, exact: true } : { name });
  const row = (text: string): Locator => ui.page.getByRole('row').filter({ hasText: text });
  const news = (text: string): Promise<void> =>
    ui.page.locator('.news').filter({ hasText: text }).waitFor();

  async function open(path: string, name = 'admin', options = {}): Promise<void> {
    ui = new SearchPageParts(await session.open(path, options));
    await ui.page.getByLabel('Name', { exact: true }).fill(name);
    await ui.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await ui.page.keyboard.press('Enter');
    await ui.page.locator('dialog.sign-in').waitFor({ state: 'detached' });
  }

  async function quarantine(entries: readonly (readonly [string, string])[]): Promise<void> {
    const client = new pg.Client({ connectionString: session.databaseUrl });
    await client.connect();
    for (const [reason, raw] of entries)
      await client.query(
        `INSERT INTO quarantine (reason, detail, events, raw) VALUES ($1, 'a test', 1, $2)`,
        [reason, Buffer.from(raw)],
      );
    await client.end();
  }

  it('adds, changes, signs out and deletes users', async () => {
    await open('/admin/users');
    await button('Add a user').click();
    await ui.parameter('edit', (edit) => edit === 'new');
    const form = ui.page.getByRole('dialog', { name: 'Add a user' });
    await form.getByLabel('Name', { exact: true }).fill('vito');
    await form.getByLabel('Password').fill('short');
    await form.getByLabel('Sees only these services').fill('shop\nbank\n');
    await button('Save').click();
    await form.getByText('It has 5 characters; take at least 12').waitFor();
    await form.getByLabel('Password').fill(PASSWORD);
    await button('Save').click();
    await news('vito is saved');
    await row('vito').filter({ hasText: 'bank, shop' }).filter({ hasText: 'never' }).waitFor();

    await button('Edit vito').click();
    const edit = ui.page.getByRole('dialog', { name: 'User vito' });
    await edit.getByLabel('Editor').check();
    await edit.getByLabel('Disabled').check();
    await ui.page.keyboard.press('Enter');
    await row('vito').filter({ hasText: 'disabled' }).filter({ hasText: 'Editor' }).waitFor();

    await button('Sign out edda').click();
    await button('Sign out everywhere').click();
    await news('Sessions of edda that were ended: 0');
    await button('Delete vito').click();
    await button('Cancel').click();
    await button('Delete vito').click();
    await button('Delete the user').click();
    await news('vito is deleted');
    await row('vito').waitFor({ state: 'detached' });
    await button('Delete admin').click();
    await button('Delete the user').click();
    await ui.page.getByRole('alert').filter({ hasText: 'last admin' }).waitFor();
    await ui.page.getByRole('searchbox').fill('edd');
    await ui.parameter('q', (q) => q === 'edd');
    await waitUntil('one user', async () => (await ui.page.getByRole('row').count()) === 2);
  });

  it('makes a token, shows it once, tells its use, rotates and revokes it', async () => {
    await open('/admin/tokens');
    await button('Make a token').click();
    const form = ui.page.getByRole('dialog', { name: 'Make an ingest token' });
    await form.getByLabel('Name', { exact: true }).fill('shop-pods');
    await form.getByLabel('May send only these services').fill('shop');
    await form.getByLabel('Volume per day').fill('much');
    await button('Save').click();
    await form.getByText('Write a size like 500 MB').waitFor();
    await form.getByLabel('Volume per day').fill('1 MB');
    await form.getByLabel('Events per second').fill('1,000');
    await button('Save').click();
    const secret = ui.page.getByRole('dialog', { name: 'The token shop-pods' });
    const text = (await secret.locator('#token-text').textContent()) ?? '';
    expect(text).toMatch(/^pst_/);
    expect(await secret.locator('code').nth(1).textContent()).toContain(`Bearer ${text}`);
    await secret.getByRole('button', { name: 'Done' }).click();
    await ui.page.locator('ps-token-secret').waitFor({ state: 'detached' });
    expect(await ui.page.getByText(text).count()).toBe(0);
    const here = ui.page.getByRole('navigation').getByRole('link', { name: 'Ingest tokens' });
    expect(await here.getAttribute('aria-current')).toBe('page');

    const send = (): Promise<number> =>
      fetch(`${session.url}/logs/batch`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${text}` },
        body: JSON.stringify([{ service: 'shop', message: 'sold '.repeat(200) }]),
      }).then(({ status }) => status);
    await waitUntil('the token is known', async () => (await send()) === 202, 15_000);
    await row('shop-pods').filter({ hasText: '1,000 events/s' }).waitFor();
    await row('shop-pods')
      .filter({ hasText: /[1-9]\d* events?, [\d.]+ kB/ })
      .waitFor({ timeout: 20_000 });

    await button('Edit shop-pods').click();
    const edit = ui.page.getByRole('dialog', { name: 'Ingest token shop-pods' });
    expect(await edit.getByLabel('Volume per day').inputValue()).toBe('1 MB');
    await edit.getByLabel('Last day (UTC)').fill('2099-12-31');
    await button('Save').click();
    await row('shop-pods').filter({ hasText: '2099-12-31' }).waitFor();

    await button('Rotate shop-pods').click();
    await button('Rotate').click();
    expect(await secret.locator('#token-text').textContent()).not.toBe(text);
    await secret.getByRole('button', { name: 'Done' }).click();
    await row('shop-pods').filter({ hasText: 'old secret until' }).waitFor();
    await button('Revoke shop-pods').click();
    await button('Revoke the token').click();
    await news('shop-pods is revoked');
    await ui.page.getByText('There is no token yet').waitFor();
  });

  it('shows what could not be stored, sends it again and deletes it', async () => {
    await open('/admin/quarantine');
    await ui.page.getByText('Nothing is in quarantine').waitFor();
    await quarantine([
      ['refused-by-database', '{"service":"kept","message":"now it fits"}'],
      ['refused-by-database', '{"service":"kept","message":"so does this"}'],
      ['unknown-schema', 'not <b>JSON</b>'],
    ]);
    await ui.page.reload();
    const broken = row('unknown-schema').filter({ hasText: 'Of a newer version' });
    await broken.getByRole('button', { name: /^Show/ }).click();
    expect(await ui.page.getByLabel('As it was sent').textContent()).toBe('not <b>JSON</b>');
    const [download] = await Promise.all([
      ui.page.waitForEvent('download'),
      ui.page.getByRole('link', { name: 'Download' }).click(),
    ]);
    expect(await readFile(await download.path(), 'utf8')).toBe('not <b>JSON</b>');
    expect(await violations(ui.page)).toEqual([]);

    await broken.getByRole('button', { name: /^Replay/ }).click();
    await news('1 failed again: ');
    await ui.page.getByLabel('Reason').selectOption('refused-by-database');
    await ui.parameter('reason', (reason) => reason === 'refused-by-database');
    await waitUntil('one reason', async () => (await broken.count()) === 0);
    await button('Replay all of this reason').click();
    await news('2 entries are sent again and accepted');
    await ui.page.getByText('Nothing is in quarantine for this reason').waitFor();
    await ui.page.getByLabel('Reason').selectOption('');
    await broken.getByRole('button', { name: /^Delete/ }).click();
    await button('Delete for good').click();
    await ui.page.getByText('Nothing is in quarantine').waitFor();
    await ui.page.goto(`${session.url}/?q=service:kept`);
    await ui.showsCount('2 events');
  });

  it('searches and downloads what people did', async () => {
    const edda = `users/${await admin.idOf('edda')}`;
    for (let n = 0; n < 110; n++) await admin.call('PUT', edda, { services: [`s${n}`] });
    await open('/admin/audit');
    await row('Signed in').filter({ hasText: 'admin' }).first().waitFor();
    await ui.page.getByLabel('Action').selectOption('user.update');
    await ui.parameter('action', (action) => action === 'user.update');
    await row('Changed a user').filter({ hasText: 's109' }).waitFor();
    await row('Signed in').first().waitFor({ state: 'detached' });
    const entries = ui.page.locator('tbody tr');
    await waitUntil('all entries, in pages', async () => {
      await ui.page.mouse.wheel(0, 4_000);
      return (await entries.count()) >= 110;
    });
    await ui.page.getByText('That is all').waitFor();
    await ui.page.getByLabel('Search the audit log').fill('s77');
    const few = async (): Promise<boolean> => [1, 2].includes(await entries.count());
    await waitUntil('what has the word', few);
    await ui.page.reload();
    await waitUntil('the same again', async () => {
      const found = await entries.filter({ hasText: 's77' }).count();
      return found > 0 && (await entries.count()) === found;
    });
    const found = await entries.count();
    const [download] = await Promise.all([
      ui.page.waitForEvent('download'),
      ui.page.getByRole('link', { name: 'Export' }).click(),
    ]);
    const lines = (await readFile(await download.path(), 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(found);
    expect(lines.every((line) => line.includes('user.update') && line.includes('s77'))).toBe(true);
    await ui.page.getByLabel('By whom').fill('nobody');
    await ui.page.getByText('Nothing that is noted matches').waitFor();
    await admin.call('PUT', edda, { services: null });
  }, 60_000);

  it('keeps a saved search to its owner, until it is shared', async () => {
    await open('/?q=level:error');
    await ui.page.getByRole('heading', { name: /Nothing is stored|No event/ }).waitFor();
    const save = async (name: string, audience: string): Promise<void> => {
      await ui.page.keyboard.press('s');
      const dialog = ui.page.getByRole('dialog', { name: 'Save this search' });
      await dialog.getByLabel('Name').fill(name);
      await dialog.getByRole('button', { name: audience }).click();
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.waitFor({ state: 'hidden' });
    };
    await save('mine alone', 'Only me');
    await save('for all', 'Everybody');
    await button('Saved searches').click();
    const list = ui.page.getByRole('dialog', { name: 'Saved searches' });
    await list.getByRole('button', { name: 'mine alone only me' }).waitFor();
    await list.getByRole('button', { name: 'for all shared' }).waitFor();
    await ui.page.context().close();

    await open('/', 'edda');
    await button('Saved searches').click();
    const hers = ui.page.getByRole('dialog', { name: 'Saved searches' });
    await hers.getByRole('button', { name: 'for all admin' }).waitFor();
    expect(await hers.getByText('mine alone').count()).toBe(0);
    expect(await hers.getByRole('button', { name: /^Delete/ }).count()).toBe(0);
  });

  const dialog = (name: string | RegExp): Locator =>
    ui.page.getByRole('dialog', { name }).or(ui.page.getByRole('alertdialog', { name }));

  const STATES: readonly [string, string, () => Promise<void>][] = [
    ['users', '/admin/users', () => row('edda').waitFor()],
    [
      'the faults of the form of a user',
      '/admin/users?edit=new',
      async () => {
        await dialog('Add a user').getByLabel('Password').fill('short');
        await button('Save').click();
        await dialog('Add a user').locator('[aria-invalid=true]').first().waitFor();
      },
    ],
    [
      'the question before a user is deleted',
      '/admin/users',
      async () => {
        await button('Delete edda').click();
        await dialog('Delete edda?').waitFor();
      },
    ],
    ['tokens', '/admin/tokens', () => row('first').first().waitFor()],
    [
      'the faults of the form of a token',
      '/admin/tokens?edit=new',
      async () => {
        await dialog(/^Make/).getByLabel('Volume per day').fill('much');
        await button('Save').click();
        await dialog(/^Make/).getByText('Write a size like 500 MB').waitFor();
      },
    ],
    [
      'the rotation of a token, and its text',
      '/admin/tokens',
      async () => {
        await button('Rotate first').click();
        await dialog('A new secret for first').waitFor();
        await expectNoViolation('the rotation of a token');
        await button('Rotate').click();
        await dialog('The token first').locator('#token-text').waitFor();
      },
    ],
    [
      'the question before a token is revoked',
      '/admin/tokens',
      async () => {
        await button('Revoke first').click();
        await dialog('Revoke first?').waitFor();
      },
    ],
    [
      'a list that cannot be read',
      '/admin/tokens',
      async () => {
        await ui.page.route('**/api/v1/tokens', (route) => route.abort());
        await ui.page.reload();
        await ui.page.getByRole('alert').filter({ hasText: 'connection was refused' }).waitFor();
        await ui.page.unroute('**/api/v1/tokens');
      },
    ],
    ['the audit log', '/admin/audit', () => row('Signed in').first().waitFor()],
    ['the account', '/account', () => ui.page.getByText('this session').waitFor()],
    [
      'a password that was refused',
      '/account',
      async () => {
        await ui.page.getByLabel('Present password').fill('not this one');
        await ui.page.getByLabel('New password').fill('short');
        await button('Change the password').click();
        await ui.page.getByRole('alert').filter({ hasText: 'at least 12' }).waitFor();
      },
    ],
  ];

  async function expectNoViolation(state: string): Promise<void> {
    expect({ state, violations: await violations(ui.page) }).toEqual({ state, violations: [] });
  }

  it.each([
    ['dark', 1440, 900],
    ['light', 1440, 900],
    ['dark', 390, 844],
    ['light', 390, 844],
  ] as const)(
    'has no violation in the %s theme at %d px',
    async (colorScheme, width, height) => {
      const options = {
        viewport: { width, height },
        colorScheme,
        reducedMotion: 'reduce',
      } as const;
      const token = await admin.call<{ token: { id: string } }>('POST', 'tokens', {
        name: 'first',
        bytesPerDay: 5_000_000,
        services: ['a', 'b'],
      });
      ui = new SearchPageParts(await session.open('/', options));
      await ui.page.locator('dialog.sign-in').waitFor();
      await expectNoViolation('signing in');
      await ui.page.getByLabel('Name', { exact: true }).fill('admin');
      await ui.page.getByLabel('Password', { exact: true }).fill('wrong');
      await ui.page.keyboard.press('Enter');
      await ui.page.getByRole('alert').filter({ hasText: 'password is wrong' }).waitFor();
      await expectNoViolation('a login that failed');
      await keep(`sign-in-${colorScheme}-${width}`);
      await ui.page.context().close();
      await open('/account', 'admin', options);
      for (const [state, path, prepare] of STATES) {
        await ui.page.goto(session.url + path);
        await prepare();
        await expectNoViolation(state);
        expect(await ui.page.evaluate('document.documentElement.scrollWidth')).toBe(width);
        await keep(`${state.replaceAll(' ', '-')}-${colorScheme}-${width}`);
      }
      await admin.call('DELETE', `tokens/${token.token.id}`);
    },
    120_000,
  );

  /** A picture for whoever asks for pictures. */
  async function keep(name: string): Promise<void> {
    const folder = process.env['SCREENSHOTS'];
    if (folder !== undefined) await ui.page.screenshot({ path: `${folder}/${name}.png` });
  }
});
