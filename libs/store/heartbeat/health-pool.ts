import { openPool, type ConnectionPool } from '../connection-pool.ts';
import type { StoreSettings } from '../settings.ts';

/** One writes the heartbeat, one reads those of all processes. */
const CONNECTIONS = 2;
const TIMEOUT_MS = 1_500;
const CONNECT_TIMEOUT_MS = 2_000;

/**
 * Connections for heartbeats, apart from those that do the work, so that a busy process is not taken for a dead one.
 * They give up soon, and connect when they are asked first, so that this opens while Postgres is away.
 */
export function openHealthPool(
  settings: Pick<StoreSettings, 'url' | 'connectTimeoutMs' | 'telemetry'>,
): ConnectionPool {
  const { connectTimeoutMs = CONNECT_TIMEOUT_MS } = settings;
  return openPool(
    { ...settings, connectTimeoutMs: Math.min(connectTimeoutMs, CONNECT_TIMEOUT_MS) },
    { name: 'health', statementTimeoutMs: TIMEOUT_MS, connections: CONNECTIONS },
  );
}
