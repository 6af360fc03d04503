import { MICROS_PER_DAY, type Clock, type Micros } from '#event';
import { EventRate, type MonotonicClock, type RateLimit } from './event-rate.ts';
import type { TokenLimits } from './ingest-token.ts';
import { nextShare } from './rate-share.ts';
import type { Charged, LimitReached, Sender } from './sender.ts';
import type { NotASender } from './senders.ts';
import { hasHash } from './token-secret.ts';
import type { UsageCounter } from './usage-counter.ts';

/** A token as ingest reads it. */
export interface TokenRow extends TokenLimits {
  readonly id: string;
  readonly name: string;
  /** SHA-256. */
  readonly secretHash: Buffer;
  readonly previousHash: Buffer | null;
  readonly previousUntil: Micros | null;
  readonly disabled: boolean;
  readonly expiresAt: Micros | null;
}

export interface KnownTokenParts {
  readonly usage: UsageCounter;
  readonly clock: Clock;
  readonly monotonic: MonotonicClock;
  /** The token has reached a limit. */
  readonly onLimited: (limit: LimitReached['limit']) => void;
  /** Something of it was stored. */
  readonly onStored: (events: number, bytes: number) => void;
}

/** One token as this process knows it: whom it lets in, and what is left of its limits. */
export class KnownToken implements Sender {
  readonly id: string;
  private readonly parts: KnownTokenParts;
  private row: TokenRow;
  private allowed: ReadonlySet<string> | null;
  /** Null: no limit. */
  private rate: EventRate | null = null;
  /** Part of the limit that is this process's, per second; null: the whole. */
  private share: number | null = null;
  /** Bytes of requests whose outcome is not known yet. */
  private underWay = 0;

  constructor(row: TokenRow, parts: KnownTokenParts) {
    this.id = row.id;
    this.parts = parts;
    this.row = row;
    this.allowed = row.services && new Set(row.services);
    this.applyRate();
  }

  get services(): ReadonlySet<string> | null {
    return this.allowed;
  }

  /** Whether there is anything that the processes of ingest have to agree on. */
  get isLimited(): boolean {
    return this.row.eventsPerSecond !== null || this.row.bytesPerDay !== null;
  }

  /** The admin has changed something. */
  change(row: TokenRow): void {
    const limitBefore = this.row.eventsPerSecond;
    this.row = row;
    this.allowed = row.services && new Set(row.services);
    if (limitBefore !== row.eventsPerSecond) this.share = null;
    this.applyRate();
  }

  /** The reason why the secret opens nothing now; null: it does. */
  refusalOf(secret: string): NotASender | null {
    return this.isSecret(secret, this.parts.clock()) ? this.refusal() : 'unknown-token';
  }

  /** Whether it is the secret of now, and not one that was rotated away. */
  isCurrent(secret: string): boolean {
    return hasHash(secret, this.row.secretHash);
  }

  /** The reason why its secret opens nothing now; null: it does. */
  refusal(): NotASender | null {
    const now = this.parts.clock();
    if (this.row.disabled) return 'disabled-token';
    return this.row.expiresAt !== null && now >= this.row.expiresAt ? 'expired-token' : null;
  }

  /** @param others events per second that the other processes took */
  shareWith(others: number, processes: number): void {
    const limit = this.row.eventsPerSecond;
    if (limit === null) return;
    this.share = nextShare({ limit, share: this.share ?? limit, others, processes });
    this.applyRate();
  }

  limitReached(): LimitReached | null {
    const reached = this.rateReached() ?? this.volumeReached(0);
    if (reached !== null) this.parts.onLimited(reached.limit);
    return reached;
  }

  charge(events: number, bytes: number): Charged | LimitReached {
    const reached = this.rateReached() ?? this.volumeReached(bytes);
    if (reached !== null) {
      this.parts.onLimited(reached.limit);
      return reached;
    }
    this.rate?.take(events);
    this.underWay += bytes;
    let settled = false;
    return {
      kind: 'charged',
      settle: (stored) => {
        if (settled) return;
        settled = true;
        this.underWay -= bytes;
        if (stored) this.stored(events, bytes);
        else this.rate?.giveBack(events);
      },
    };
  }

  private stored(events: number, bytes: number): void {
    this.parts.usage.add(this.id, events, bytes);
    this.parts.onStored(events, bytes);
  }

  private isSecret(secret: string, now: Micros): boolean {
    const { previousHash, previousUntil } = this.row;
    if (this.isCurrent(secret)) return true;
    return (
      previousHash !== null &&
      previousUntil !== null &&
      now < previousUntil &&
      hasHash(secret, previousHash)
    );
  }

  private rateReached(): LimitReached | null {
    const waitMs = this.rate?.waitMs ?? 0;
    if (waitMs === 0) return null;
    const detail = `The token may send ${this.row.eventsPerSecond ?? 0} events per second; send more slowly, or ask for a higher limit.`;
    return { kind: 'limited', limit: 'rate', detail, retryAfterMs: waitMs };
  }

  private volumeReached(more: number): LimitReached | null {
    const most = this.row.bytesPerDay;
    if (most === null) return null;
    const used = this.parts.usage.bytesToday(this.id) + this.underWay;
    if (used < most && used + more <= most) return null;
    const detail = `The token may send ${most} bytes of events per day, and ${used} were sent since midnight UTC; the request has ${more}.`;
    const midnight = MICROS_PER_DAY - (this.parts.clock() % MICROS_PER_DAY);
    return { kind: 'limited', limit: 'volume', detail, retryAfterMs: midnight / 1_000 };
  }

  private applyRate(): void {
    const limit = this.rateLimit();
    if (limit === null) this.rate = null;
    else if (this.rate === null) this.rate = new EventRate(limit, this.parts.monotonic);
    else this.rate.change(limit);
  }

  /** With a share of the rate goes the same share of the burst. */
  private rateLimit(): RateLimit | null {
    const { eventsPerSecond, burst } = this.row;
    if (eventsPerSecond === null) return null;
    const share = this.share ?? eventsPerSecond;
    const whole = burst ?? eventsPerSecond;
    return {
      eventsPerSecond: share,
      burst: Math.max(1, (whole * share) / eventsPerSecond),
    };
  }
}
