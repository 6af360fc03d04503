import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { Locator } from 'playwright-core';
import {
  CLIENT_ID,
  CLIENT_SECRET,
  TestProvider,
} from '../../libs/access/oidc/testing/test-provider.ts';
import { freePort } from '../support/free-port.mjs';
import { browser, suite } from '../support/requirement.ts';
import { BrowserSession } from './browser-session.ts';
import { SearchPageParts } from './page-parts.ts';

suite("signing in at one's organisation", browser, (executable) => {
  let session: BrowserSession;
  let provider: TestProvider;
  let ui: SearchPageParts;

  beforeAll(async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    provider = await TestProvider.start(`${url}/api/v1/session/oidc/callback`);
    const environment = {
      AUTH: 'on',
      ADMIN_PASSWORD: 'correct horse battery',
      PUBLIC_URL: url,
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: CLIENT_ID,
      OIDC_CLIENT_SECRET: CLIENT_SECRET,
      OIDC_SCOPES: 'openid profile groups',
      OIDC_ROLE_MAP: 'staff=viewer',
    };
    session = await BrowserSession.start(executable, environment, port);
    await session.post([{ service: 'shop', message: 'an event' }]);
  }, 60_000);

  afterAll(async () => {
    await session.end();
    await provider.stop();
  }, 30_000);

  afterEach(async () => {
    await ui.page.context().close();
    expect(session.complaints).toEqual([]);
    session.complaints.length = 0;
  });

  const dialog = (): Locator => ui.page.locator('dialog.sign-in');

  async function signIn(): Promise<void> {
    ui = new SearchPageParts(await session.open('/?q=service:shop'));
    await dialog().getByRole('link', { name: 'Sign in with your organisation' }).click();
  }

  it('goes there and back to the search, with the role that its groups give', async () => {
    await signIn();
    await ui.showsCount('1 event');
    await ui.parameter('q', (q) => q === 'service:shop');
    await ui.page.getByRole('button', { name: 'Account of ada', exact: true }).click();
    await ui.page.getByRole('dialog', { name: 'Account' }).getByText('Viewer').waitFor();
  });

  it('says why it failed, and lets one try again', async () => {
    provider.person = { sub: 'sub-2', preferred_username: 'eve', groups: ['guests'] };
    await signIn();
    await dialog().getByRole('alert').filter({ hasText: 'none of your groups' }).waitFor();
    expect(new URL(ui.page.url()).pathname).toBe('/');
    provider.person = { ...provider.person, groups: ['staff'] };
    await dialog().getByRole('link', { name: 'Sign in with your organisation' }).click();
    await ui.showsCount('1 event');
  });
});
