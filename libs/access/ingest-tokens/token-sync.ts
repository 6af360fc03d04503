import { setTimeout as delay } from 'node:timers/promises';
import type { Telemetry } from '#telemetry';
import type { MonotonicClock } from './event-rate.ts';
import { tokensReadable, tokensUnreadable } from './events.ts';
import type { KnownTokens } from './known-tokens.ts';
import type { TokenTable } from './token-table.ts';
import type { UsageCounter } from './usage-counter.ts';

export interface TokenSyncParts {
  readonly table: TokenTable;
  readonly tokens: KnownTokens;
  readonly usage: UsageCounter;
  readonly telemetry: Telemetry;
  readonly intervalMs?: number;
  readonly monotonic?: MonotonicClock;
}

/**
 * Time between two rounds, in ms. A round takes at most 4 s more while Postgres hangs, so a revoked token is refused
 * within 5 s while Postgres answers at all.
 */
const INTERVAL_MS = 1_000;

/**
 * Once a second: writes what was sent, and reads what the other processes of ingest took and which tokens there are.
 * While that fails the tokens go on as they are known, and what was sent is written later.
 */
export class TokenSync {
  private readonly parts: TokenSyncParts;
  private readonly monotonic: MonotonicClock;
  private readonly stopping = new AbortController();
  private version: number | null = null;
  private readAt: number | null = null;
  private failingSince: number | null = null;
  private readonly firstRound: Promise<void>;
  private readonly loop: Promise<void>;

  constructor(parts: TokenSyncParts) {
    this.parts = parts;
    this.monotonic = parts.monotonic ?? ((): number => performance.now());
    this.firstRound = this.round();
    this.loop = this.run();
  }

  /** Resolves, once Postgres was asked, where it can be told whether a token is valid; else rejects. */
  async probe(): Promise<void> {
    await this.firstRound;
    if (!this.parts.tokens.known) throw new Error('the ingest tokens could not be read yet');
  }

  /** Ends with a last round, so that nothing that was sent goes uncounted. Safe to repeat. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    const wait = this.parts.intervalMs ?? INTERVAL_MS;
    const isTime = (): Promise<boolean> =>
      // The only rejection is the abort.
      delay(wait, true, { signal, ref: false }).catch(() => false);
    await this.firstRound;
    while (await isTime()) await this.round();
    await this.round();
  }

  private async round(): Promise<void> {
    try {
      await this.writeUsage();
      await this.read();
      this.succeeded();
    } catch (error) {
      this.failed(error instanceof Error ? error.message : String(error));
    }
  }

  private async writeUsage(): Promise<void> {
    const { usage, table } = this.parts;
    const rows = usage.pending();
    if (rows.length === 0) return;
    await table.write(rows);
    usage.wrote(rows);
  }

  private async read(): Promise<void> {
    const { table, tokens, usage } = this.parts;
    const day = usage.today();
    const state = await table.state(tokens.limitedIds(), day);
    const others = usage.read(day, state.usage);
    const now = this.monotonic();
    if (this.readAt !== null && others !== null) {
      const seconds = Math.max(0.001, (now - this.readAt) / 1_000);
      tokens.share((id) => (others.get(id) ?? 0) / seconds, state.processes);
    }
    this.readAt = now;
    if (state.version === this.version) return;
    tokens.replace(await table.tokens());
    this.version = state.version;
  }

  private failed(reason: string): void {
    if (this.failingSince !== null) return;
    this.failingSince = this.monotonic();
    this.parts.telemetry.emit(tokensUnreadable, { reason });
  }

  private succeeded(): void {
    if (this.failingSince === null) return;
    const seconds = (this.monotonic() - this.failingSince) / 1_000;
    this.failingSince = null;
    this.parts.telemetry.emit(tokensReadable, { seconds });
  }
}
