import type { PoolConfig } from 'pg';
import type { Clock } from '#event';
import type { Telemetry } from '#telemetry';
import type { Granularity } from './partitions/plan.ts';

export interface StoreSettings {
  /** `postgres://` URL. */
  readonly url: string;
  /** Connections for writing: groups that commit side by side, plus one. Default 4. */
  readonly writeConnections?: number;
  /** Connections for reading. Default 8. */
  readonly readConnections?: number;
  /** Length of new partitions within the last 35 days. Default `day`. */
  readonly partitionBy?: Granularity;
  /** Accept a server with `fsync = off`: a crash of its machine may then lose acknowledged events. Default false. */
  readonly allowFsyncOff?: boolean;
  /** Longest time for one statement of a writer, in ms. Default 60,000. */
  readonly writeTimeoutMs?: number;
  /** Longest time for one statement of a reader, in ms. Default 60,000; a search sets its own, shorter budget. */
  readonly readTimeoutMs?: number;
  /** Longest wait for a connection, in ms. Default 5,000. */
  readonly connectTimeoutMs?: number;
  readonly clock?: Clock;
  readonly telemetry: Telemetry;
}

/** What every connection of the store says at its start. */
export function connectionConfig(
  settings: StoreSettings,
  use: { readonly name: string; readonly statementTimeoutMs: number },
): PoolConfig {
  const { url, options } = withoutOptions(settings.url);
  return {
    connectionString: url,
    application_name: `penstock ${use.name}`,
    connectionTimeoutMillis: settings.connectTimeoutMs ?? 5_000,
    statement_timeout: use.statementTimeoutMs,
    // The server ends a statement at its time; this is for a server that does not answer at all.
    query_timeout: use.statementTimeoutMs + 5_000,
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
    // Times are read and written as text in some places: they must not depend on the server's settings.
    options: `${options} -c TimeZone=UTC -c DateStyle=ISO -c client_min_messages=warning`,
  };
}

/** The driver lets the URL's options replace ours, so they are put together here; of two values the last one counts. */
function withoutOptions(text: string): { readonly url: string; readonly options: string } {
  const url = new URL(text);
  const options = url.searchParams.get('options');
  if (options === null) return { url: text, options: '' };
  url.searchParams.delete('options');
  return { url: url.href, options };
}
