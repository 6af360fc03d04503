import type { Pool } from 'pg';
import { systemClock, type Clock } from '#event';
import type { Telemetry } from '#telemetry';
import { KnownTokens } from './known-tokens.ts';
import type { Senders } from './senders.ts';
import { postgresTokenTable } from './token-table.ts';
import { TokenSync } from './token-sync.ts';
import { UsageCounter } from './usage-counter.ts';

export interface OpenIngestTokensParts {
  /** Where the tokens are; null: those of the environment are all. */
  readonly pool: Pool | null;
  /** Tokens of the environment. */
  readonly given: readonly string[];
  readonly telemetry: Telemetry;
  readonly clock?: Clock;
  /** Ms between two readings. */
  readonly intervalMs?: number;
}

export interface OpenIngestTokens {
  readonly senders: Senders;
  /** Resolves where it can be told whether a token is valid; else rejects. */
  readonly probe: () => Promise<void>;
  /** Writes what was sent last. To be called once nothing is admitted any more. */
  readonly close: () => Promise<void>;
}

/** The tokens as a process of ingest knows them; opens while Postgres is away. */
export function openIngestTokens(parts: OpenIngestTokensParts): OpenIngestTokens {
  const { pool, given, telemetry, clock = systemClock, intervalMs } = parts;
  const usage = new UsageCounter(clock);
  const tokens = new KnownTokens({ given, areRead: pool !== null, usage, clock, telemetry });
  if (pool === null)
    return { senders: tokens, probe: () => Promise.resolve(), close: () => Promise.resolve() };
  const sync = new TokenSync({
    table: postgresTokenTable(pool),
    tokens,
    usage,
    telemetry,
    ...(intervalMs !== undefined && { intervalMs }),
  });
  return { senders: tokens, probe: () => sync.probe(), close: () => sync.stop() };
}
