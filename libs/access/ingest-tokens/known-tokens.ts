import { hash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '#event';
import type { Telemetry } from '#telemetry';
import { tokenOf } from './credentials.ts';
import type { MonotonicClock } from './event-rate.ts';
import { tokenCharged, tokenLimited } from './events.ts';
import { KnownToken, type KnownTokenParts, type TokenRow } from './known-token.ts';
import { unlimitedSender } from './sender.ts';
import { refusedSender, type NotASender, type SenderDecision, type Senders } from './senders.ts';
import { parseToken } from './token-secret.ts';
import type { UsageCounter } from './usage-counter.ts';

export interface KnownTokensParts {
  /** Tokens of the environment, as they are sent: valid always and without limits. */
  readonly given: readonly string[];
  /** Whether further tokens are read from somewhere: until that was done once, an unknown one may be valid. */
  readonly areRead: boolean;
  readonly usage: UsageCounter;
  readonly clock: Clock;
  readonly monotonic?: MonotonicClock;
  readonly telemetry: Telemetry;
}

/** Senders with tokens of the environment. It is no id of a token, so that no other sender has its keys. */
const GIVEN: SenderDecision = { kind: 'sender', sender: unlimitedSender('environment') };
/** Headers whose token is remembered; a process of ingest seldom has as many senders. */
const MOST_REMEMBERED = 1_000;
/** Tokens that metrics tell apart; the others are counted together. */
const MOST_LABELS = 100;

/** The tokens that this process knows, in memory, so that a request waits for nobody. */
export class KnownTokens implements Senders {
  private readonly parts: KnownTokensParts;
  private readonly given: readonly Buffer[];
  private readonly tokens = new Map<string, KnownToken>();
  /**
   * The tokens of headers that were right, so that a sender's secret is hashed once and not with each request. Only by
   * the secret of now, and only until anything changes: a revoked token is refused as soon as that is known.
   */
  private readonly remembered = new Map<string, KnownToken>();
  private readonly labels = new Set<string>();
  private wereRead: boolean;

  constructor(parts: KnownTokensParts) {
    this.parts = parts;
    this.given = parts.given.map(digest);
    this.wereRead = !parts.areRead;
  }

  of(authorization: string | undefined): SenderDecision {
    const known = this.remembered.get(authorization ?? '');
    return known === undefined ? this.lookUp(authorization) : decide(known, known.refusal());
  }

  private lookUp(authorization: string | undefined): SenderDecision {
    const text = tokenOf(authorization);
    if (authorization === undefined || text === null) return refusedSender('no-token');
    const parsed = parseToken(text);
    const token = parsed === null ? undefined : this.tokens.get(parsed.id);
    if (parsed === null || token === undefined) return this.isGiven(text) ? GIVEN : this.unknown();
    if (token.isCurrent(parsed.secret)) this.remember(authorization, token);
    return decide(token, token.refusalOf(parsed.secret));
  }

  private remember(authorization: string, token: KnownToken): void {
    if (this.remembered.size >= MOST_REMEMBERED) this.remembered.clear();
    this.remembered.set(authorization, token);
  }

  /** Whether Postgres said once which tokens there are. */
  get known(): boolean {
    return this.wereRead;
  }

  /** Takes over what there is now; tokens that are not among them are valid no longer. */
  replace(rows: readonly TokenRow[]): void {
    this.remembered.clear();
    const kept = new Set(rows.map(({ id }) => id));
    for (const id of this.tokens.keys()) if (!kept.has(id)) this.tokens.delete(id);
    for (const row of rows) {
      const known = this.tokens.get(row.id);
      if (known === undefined) this.tokens.set(row.id, new KnownToken(row, this.partsOf(row.id)));
      else known.change(row);
    }
    this.wereRead = true;
  }

  /** Ids of the tokens whose limits are to be shared. */
  limitedIds(): string[] {
    return [...this.tokens.values()].filter((token) => token.isLimited).map(({ id }) => id);
  }

  /** @param others events per second of each token that other processes took, 0 where there is none */
  share(others: (id: string) => number, processes: number): void {
    for (const token of this.tokens.values()) token.shareWith(others(token.id), processes);
  }

  private isGiven(text: string): boolean {
    if (this.given.length === 0) return false;
    const sent = digest(text);
    return this.given.some((expected) => timingSafeEqual(sent, expected));
  }

  private unknown(): SenderDecision {
    return refusedSender(this.wereRead ? 'unknown-token' : 'tokens-not-read');
  }

  private partsOf(id: string): KnownTokenParts {
    const { usage, clock, telemetry, monotonic = () => performance.now() } = this.parts;
    return {
      usage,
      clock,
      monotonic,
      onLimited: (limit) => {
        telemetry.emit(tokenLimited, { token: this.label(id), limit });
      },
      onStored: (events, bytes) => {
        telemetry.emit(tokenCharged, { token: this.label(id), events, bytes });
      },
    };
  }

  private label(id: string): string {
    if (this.labels.has(id)) return id;
    if (this.labels.size >= MOST_LABELS) return 'other';
    this.labels.add(id);
    return id;
  }
}

function decide(token: KnownToken, reason: NotASender | null): SenderDecision {
  return reason === null ? { kind: 'sender', sender: token } : refusedSender(reason);
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
