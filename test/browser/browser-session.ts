import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { runningPostgresUrl } from '../../apps/standalone/postgres/running-url.ts';
import { familyOf, signalAll } from '../support/processes.ts';
import { RunningProgram } from '../support/running-program.ts';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const LOG_LINES = join(import.meta.dirname, '../data/loghub.ndjson.gz');

export const EVENTS_STORED = 16_000;

/** The built program with a store of its own and a browser that looks at it. */
export class BrowserSession {
  readonly url: string;
  readonly #folder: string;
  readonly #program: RunningProgram;
  readonly #browser: Browser;
  /** What went wrong in a page: exceptions, messages of the console, violations of its policy. */
  readonly complaints: string[] = [];

  private constructor(folder: string, program: RunningProgram, url: string, browser: Browser) {
    this.#folder = folder;
    this.#program = program;
    this.url = url;
    this.#browser = browser;
  }

  /**
   * @param environment settings of the program
   * @param port where it serves; by default one that the system chooses
   */
  static async start(
    executablePath: string,
    environment: Readonly<Record<string, string>> = {},
    port = 0,
  ): Promise<BrowserSession> {
    const folder = await mkdtemp(join(tmpdir(), 'penstock-browser-'));
    const program = RunningProgram.launch({
      dataFolder: join(folder, 'data'),
      environment,
      flags: { port: String(port) },
    });
    const url = await program.ready();
    const browser = await chromium.launch({ executablePath, args: FLAGS });
    return new BrowserSession(folder, program, url, browser);
  }

  async end(): Promise<void> {
    await this.#browser.close();
    await this.#program.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Of the program's own Postgres. */
  get databaseUrl(): string {
    return runningPostgresUrl(join(this.#folder, 'data'), 'penstock');
  }

  async post(events: readonly object[]): Promise<void> {
    await this.#send(events.map((event) => JSON.stringify(event)).join('\n'));
  }

  /** Postgres neither answers nor closes anything until the returned function is called. */
  freezePostgres(): () => void {
    const { postmaster } = this.#program;
    if (postmaster === null) throw new Error('there is no Postgres');
    const family = familyOf(postmaster);
    signalAll(family, 'SIGSTOP');
    return () => {
      signalAll(family, 'SIGCONT');
    };
  }

  /** The real log lines of test/data: eight systems, 2005 to 2023. */
  async postLogLines(): Promise<void> {
    const lines = gunzipSync(await readFile(LOG_LINES))
      .toString('utf8')
      .trim()
      .split('\n');
    for (let at = 0; at < lines.length; at += 8_000) {
      await this.#send(lines.slice(at, at + 8_000).join('\n'));
    }
  }

  async open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext({
      viewport: { width: 1440, height: 900 },
      timezoneId: 'UTC',
      acceptDownloads: true,
      ...options,
    });
    context.setDefaultTimeout(10_000);
    const page = await context.newPage();
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      // The browser itself reports each answer of 4xx.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        this.complaints.push(message.text());
    });
    await page.goto(this.url + path);
    return page;
  }

  async #send(body: string): Promise<void> {
    const response = await fetch(`${this.url}/logs/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body,
    });
    if (response.status !== 202) throw new Error(`${response.status}: ${await response.text()}`);
  }
}
