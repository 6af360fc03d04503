import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { CDPSession, Page } from 'playwright-core';
import { browser, suite } from '../support/requirement.ts';
import { BrowserSession } from './browser-session.ts';
import { SearchPageParts } from './page-parts.ts';

const EVENTS = 100_000;
/** A task of the page that takes longer is felt while typing. */
const LONGEST_TASK_MS = 50;
const LINES_PER_MINUTE = 500 * 60;
const ROWS_KEPT = 5_000;

suite('the pace of the page', browser, (executable) => {
  let session: BrowserSession;
  let ui: SearchPageParts;

  beforeAll(async () => {
    session = await BrowserSession.start(executable);
    const start = Date.now() - EVENTS;
    for (let at = 0; at < EVENTS; at += 10_000)
      await session.post(
        Array.from({ length: 10_000 }, (_, n) => ({
          timestamp: start + at + n,
          level: (at + n) % 50 === 0 ? 'error' : 'info',
          service: `service-${(at + n) % 40}`,
          message: `request ${at + n} took ${n % 977} ms at /orders/${n % 5_000}`,
          metadata: { latency: n % 977, [`field${n % 200}`]: n },
        })),
      );
  }, 120_000);

  afterAll(async () => {
    await session.end();
  }, 30_000);

  afterEach(async () => {
    await ui.page.context().close();
    expect(session.complaints).toEqual([]);
  });

  it('types without a long task over 100,000 rows', async () => {
    ui = new SearchPageParts(await session.open('/?cols=service,metadata.latency'));
    await ui.showsCount('100,000 events');
    await ui.page.locator('#rows').focus();
    await ui.page.keyboard.press('End');
    await ui.rows.filter({ hasText: 'request 0 took' }).waitFor();
    await ui.query.focus();
    const trace = await MainThread.watch(ui.page);
    await ui.page.keyboard.type('service:service-1 level:>=warn request "took 5"', { delay: 30 });
    for (let n = 0; n < 12; n++) await ui.page.keyboard.press('Backspace');
    const tasks = await trace.tasks();
    // Proof that tasks are seen at all.
    expect(tasks.length).toBeGreaterThan(100);
    expect(tasks.filter((ms) => ms > LONGEST_TASK_MS)).toEqual([]);
  });

  it('keeps at most 5,000 rows and a level heap over six minutes of 500 lines per second', async () => {
    const minutes = new Minutes();
    ui = new SearchPageParts(await session.open('/'));
    await ui.showsCount('100,000 events');
    await ui.page.route('**/api/v1/tail?*', async (route) => {
      const body = await minutes.next();
      await route.fulfill({ body, contentType: 'text/event-stream' });
    });
    const cdp = await ui.page.context().newCDPSession(ui.page);
    await ui.page.keyboard.press('l');
    const heaps: number[] = [];
    for (let minute = 1; minute <= 6; minute++) {
      minutes.let();
      await ui.showsCount(`${(minute * LINES_PER_MINUTE).toLocaleString('en')} events since`);
      if (minute >= 2) heaps.push(await heapMegabytes(cdp));
    }
    const size = await ui.rows.first().getAttribute('aria-setsize');
    expect(Number(size)).toBe(ROWS_KEPT);
    // What a leak of the rows of four minutes would add is above 30 MB.
    expect(Math.max(...heaps) - Math.min(...heaps)).toBeLessThan(5);
  }, 90_000);
});

/** What a server would send in each minute of a tail, as soon as the test lets it. */
class Minutes {
  readonly #gates: PromiseWithResolvers<unknown>[] = [];
  #allowed = 0;
  #sent = 0;

  let(): void {
    this.#gate(this.#allowed).resolve(null);
    this.#allowed += 1;
  }

  async next(): Promise<string> {
    const minute = this.#sent;
    this.#sent += 1;
    await this.#gate(minute).promise;
    const events = Array.from({ length: LINES_PER_MINUTE }, (_, n) => {
      const id = `${minute + 1}-${n}`;
      const hit = {
        id,
        timestamp: '2024-01-01T00:00:00.000000Z',
        level: 'info',
        service: 'tail',
        message: `line ${id}`,
        metadata: { n, minute },
      };
      return `id: ${id}\ndata: ${JSON.stringify(hit)}\n\n`;
    });
    return `retry: 10\n\n${events.join('')}`;
  }

  #gate(minute: number): PromiseWithResolvers<unknown> {
    return (this.#gates[minute] ??= Promise.withResolvers());
  }
}

async function heapMegabytes(cdp: CDPSession): Promise<number> {
  await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  return usedSize / 1_000_000;
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** µs of the thread's own time: what other processes of the machine take does not count. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** How long the tasks of the page's main thread are. */
class MainThread {
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  static async watch(page: Page): Promise<MainThread> {
    const browserOfPage = page.context().browser();
    if (browserOfPage === null) throw new Error('the page has no browser');
    await browserOfPage.startTracing(page, {
      categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline', '__metadata'],
    });
    return new MainThread(page);
  }

  /** Ms of each since the watch began. */
  async tasks(): Promise<number[]> {
    const buffer = await this.#page.context().browser()?.stopTracing();
    const { traceEvents } = JSON.parse(String(buffer)) as { traceEvents: TraceEvent[] };
    const main = new Set(
      traceEvents
        .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
        .map(({ pid, tid }) => `${pid} ${tid}`),
    );
    return traceEvents
      .filter(({ name, pid, tid }) => name === 'RunTask' && main.has(`${pid} ${tid}`))
      .map(({ tdur = 0 }) => tdur / 1_000);
  }
}
