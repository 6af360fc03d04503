import { beforeEach, describe, expect, it } from '@jest/globals';
import { MICROS_PER_SECOND, type Micros } from '#event';
import { Telemetry } from '#telemetry';
import type { TokenRow } from './known-token.ts';
import { KnownTokens } from './known-tokens.ts';
import { formatToken, hashSecret, newSecret, newTokenId } from './token-secret.ts';
import { UsageCounter } from './usage-counter.ts';

const NOON: Micros = 1_700_000_000_000_000;
const ID = newTokenId();
const SECRET = newSecret();
let now: Micros;
let tokens: KnownTokens;

beforeEach(() => {
  now = NOON;
  tokens = new KnownTokens({
    given: [],
    areRead: true,
    usage: new UsageCounter(() => now),
    clock: () => now,
    telemetry: new Telemetry(() => undefined),
  });
});

function row(change: Partial<TokenRow> = {}): TokenRow {
  return {
    id: ID,
    name: 'shop',
    secretHash: hashSecret(SECRET),
    previousHash: null,
    previousUntil: null,
    disabled: false,
    expiresAt: null,
    services: null,
    eventsPerSecond: null,
    burst: null,
    bytesPerDay: null,
    ...change,
  };
}

/** `sender`, or why not. */
function asked(secret = SECRET): string {
  const decision = tokens.of(`Bearer ${formatToken({ id: ID, secret })}`);
  return decision.kind === 'sender' ? decision.kind : decision.reason;
}

describe('a token that was right before', () => {
  beforeEach(() => {
    tokens.replace([row()]);
    expect(asked()).toBe('sender');
    expect(asked()).toBe('sender');
  });

  it('is refused as soon as it is known to be revoked', () => {
    tokens.replace([]);
    expect(asked()).toBe('unknown-token');
  });

  it('is refused once it is disabled, and taken again', () => {
    tokens.replace([row({ disabled: true })]);
    expect([asked(), asked()]).toEqual(['disabled-token', 'disabled-token']);
    tokens.replace([row()]);
    expect(asked()).toBe('sender');
  });

  it('is refused when it has expired, though nothing was read since', () => {
    tokens.replace([row({ expiresAt: NOON + MICROS_PER_SECOND })]);
    expect(asked()).toBe('sender');
    now += MICROS_PER_SECOND;
    expect(asked()).toBe('expired-token');
  });

  it('opens nothing by its old secret once its time is over', () => {
    const secret = newSecret();
    tokens.replace([
      row({
        secretHash: hashSecret(secret),
        previousHash: hashSecret(SECRET),
        previousUntil: NOON + MICROS_PER_SECOND,
      }),
    ]);
    expect([asked(), asked(), asked(secret)]).toEqual(['sender', 'sender', 'sender']);
    now += MICROS_PER_SECOND;
    expect([asked(), asked(secret)]).toEqual(['unknown-token', 'sender']);
  });

  it('lets no other secret in', () => {
    expect([asked(newSecret()), asked(newSecret())]).toEqual(['unknown-token', 'unknown-token']);
    expect(asked()).toBe('sender');
  });
});
