import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { browser, suite } from '../support/requirement.ts';
import { waitUntil } from '../support/wait-until.ts';
import { BrowserSession } from './browser-session.ts';
import { SearchPageParts } from './page-parts.ts';

const MARK = 'harmless-7f3a';
/** The longest message that is taken: 1 MiB of everything that has ever been a danger. */
const LONGEST = 1_048_576;
const DANGERS = `<img src=x onerror="window.hacked = 5"><script>window.hacked = 6</script>\u001b[31m\u202e`;
const HOSTILE = [
  `<script>window.hacked = 1</script> ${MARK}`,
  `<img src=x onerror="window.hacked = 2"> ${MARK}`,
  `\u001b[31mred\u001b[0m \u001b]0;title\u0007 ${MARK}`,
  `user \u202etxt.exe\u202c ${MARK}`,
  `{{constructor.constructor('window.hacked = 3')()}} ${MARK}`,
];

suite('the search page while events arrive', browser, (executable) => {
  let session: BrowserSession;
  let ui: SearchPageParts;

  beforeAll(async () => {
    session = await BrowserSession.start(executable);
  }, 60_000);

  afterAll(async () => {
    await session.end();
  }, 30_000);

  afterEach(async () => {
    await ui.page.context().close();
    expect(session.complaints).toEqual([]);
  });

  it('teaches the first call and shows the first event by itself', async () => {
    ui = new SearchPageParts(await session.open('/'));
    await ui.page.getByRole('heading', { name: 'Nothing is stored yet' }).waitFor();
    expect(await ui.page.locator('.code code').textContent()).toContain(`curl ${session.url}`);
    await session.post([{ level: 'info', service: 'hello', message: 'the first event' }]);
    await ui.rows.filter({ hasText: 'the first event' }).waitFor();
    await ui.showsCount('1 event');
  });

  it('tails what arrives and what matches', async () => {
    ui = new SearchPageParts(await session.open('/?q=service:orders&live=1'));
    await ui.summary.filter({ hasText: 'live' }).waitFor();
    await session.post([
      { level: 'warn', service: 'orders', message: 'order 1 is late' },
      { level: 'warn', service: 'other', message: 'not for this tail' },
    ]);
    await ui.rows.filter({ hasText: 'order 1 is late' }).waitFor();
    expect(await ui.rows.filter({ hasText: 'not for this tail' }).count()).toBe(0);
  });

  it('puts an event that arrives late where a search has it', async () => {
    ui = new SearchPageParts(await session.open('/?q=service:late&live=1'));
    await ui.summary.filter({ hasText: 'live' }).waitFor();
    const sent = (second: number): object => ({
      timestamp: `2024-03-01T08:00:0${second}Z`,
      service: 'late',
      message: `of second ${second}`,
    });
    for (const second of [1, 3, 2]) {
      await session.post([sent(second)]);
      await ui.rows.filter({ hasText: `of second ${second}` }).waitFor();
    }
    const shown = await ui.rows.allTextContents();
    expect(shown.map((text) => /second \d/u.exec(text)?.[0])).toEqual([
      'second 3',
      'second 2',
      'second 1',
    ]);
  });

  it('counts the values of fields again when rows arrive', async () => {
    ui = new SearchPageParts(await session.open('/?q=service:counted&live=1'));
    await ui.summary.filter({ hasText: 'live' }).waitFor();
    await ui.page.getByText('No event here has it').first().waitFor();
    for (const count of ['1', '2']) {
      await session.post([{ level: 'warn', service: 'counted', message: 'counted' }]);
      const value = ui.facetValue('level', 'warn').filter({ hasText: count });
      await value.waitFor({ timeout: 30_000 });
    }
  });

  it('holds the rows while it is paused and counts the new ones', async () => {
    ui = new SearchPageParts(await session.open('/?q=service:pauses&live=1'));
    await ui.summary.filter({ hasText: 'live' }).waitFor();
    await session.post([{ level: 'info', service: 'pauses', message: 'before the pause' }]);
    await ui.rows.filter({ hasText: 'before the pause' }).waitFor();
    await ui.page.getByRole('button', { name: 'Pause', exact: true }).click();
    await session.post(
      [1, 2, 3].map((n) => ({ level: 'info', service: 'pauses', message: `during ${n}` })),
    );
    await ui.page.getByRole('button', { name: '3 new, resume' }).waitFor();
    expect(await ui.rows.count()).toBe(1);
    await ui.page.getByRole('button', { name: '3 new, resume' }).click();
    await waitUntil('all four rows', async () => (await ui.rows.count()) === 4);
    expect(await ui.rows.first().textContent()).toContain('during 3');
  });

  it('moves no row on a telephone when it counts what is new', async () => {
    const viewport = { width: 390, height: 844 };
    ui = new SearchPageParts(await session.open('/?q=service:held&live=1', { viewport }));
    await ui.summary.filter({ hasText: 'live' }).waitFor();
    const held = (count: number): object[] =>
      Array.from({ length: count }, (_, at) => ({ service: 'held', message: `held ${at}` }));
    await session.post(held(60));
    await waitUntil('rows to scroll', async () => (await ui.rows.count()) > 10);
    const top = async (): Promise<number | undefined> =>
      (await ui.page.locator('#rows').boundingBox())?.y;
    const before = await top();
    await ui.page.locator('#rows').hover();
    await ui.page.mouse.wheel(0, 400);
    await ui.summary.filter({ hasText: 'live' }).waitFor();
    await session.post(held(1_100));
    await ui.page.getByRole('button', { name: '1,100 new, resume' }).waitFor();
    expect(await top()).toBe(before);
  });

  it('turns the tail on and off by its key and in the URL', async () => {
    ui = new SearchPageParts(await session.open('/'));
    await ui.rows.first().waitFor();
    await ui.page.keyboard.press('l');
    await ui.parameter('live', (live) => live === '1');
    await ui.page.goBack();
    await ui.parameter('live', (live) => live === null);
    await ui.summary.filter({ hasText: 'complete' }).waitFor();
  });

  it('shows hostile lines as text', async () => {
    await session.post(
      HOSTILE.map((message) => ({
        level: 'error',
        service: '<b>svc</b>',
        message,
        metadata: { '<img src=x onerror=alert(1)>': '<script>window.hacked = 4</script>' },
      })),
    );
    const long = longMessage();
    expect(Buffer.byteLength(long)).toBe(LONGEST);
    await session.post([{ level: 'error', service: 'long', message: long }]);
    ui = new SearchPageParts(await session.open(`/?q=message:*${MARK}*`));
    await ui.showsCount('6 events');
    for (const text of ['<script>window.hacked', '<img src=x', '⟨U+202E⟩txt.exe', '{{constructor'])
      await ui.rows.filter({ hasText: text }).last().waitFor();
    await ui.rows.filter({ hasText: 'red' }).first().click();
    await ui.detail.getByText('<b>svc</b>').waitFor();
    await ui.detail.getByRole('tab', { name: 'JSON' }).click();
    expect(await ui.detail.locator('pre.json').textContent()).toContain('<script>');
    await ui.rows.filter({ hasText: 'long<img' }).click();
    await ui.detail
      .getByRole('button', { name: `Show all ${long.length.toLocaleString('en')} characters` })
      .click();
    await waitUntil(
      'the whole message',
      async () => (await ui.detail.locator('pre.message').textContent())?.endsWith(MARK) === true,
    );
    await ui.detail.getByRole('tab', { name: 'JSON' }).click();
    await ui.page.keyboard.press('Escape');
    await ui.page.keyboard.press('p');
    await ui.page
      .getByRole('list', { name: 'Patterns' })
      .getByText('<script>window.hacked')
      .first()
      .waitFor();
    expect(await ui.page.evaluate('"hacked" in window')).toBe(false);
    expect(await ui.page.locator('img').count()).toBe(0);
  });
});

/** Repeats the dangers up to the last byte of 1 MiB, with the mark at its end. */
function longMessage(): string {
  const end = ` ${MARK}`;
  const room = LONGEST - 'long'.length - end.length;
  const size = Buffer.byteLength(DANGERS);
  const filled = DANGERS.repeat(Math.floor(room / size));
  return `long${filled}${'.'.repeat(room % size)}${end}`;
}
