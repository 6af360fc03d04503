import pg from 'pg';
import { connectionConfig, type StoreSettings } from './settings.ts';

export interface PoolUse {
  readonly name: string;
  readonly statementTimeoutMs: number;
  readonly connections: number;
}

export interface ConnectionPool {
  readonly name: string;
  readonly pool: pg.Pool;
  /** Waits for connections in use, for at most so many ms, then cuts them. Safe to call again. */
  close(deadlineMs: number): Promise<void>;
}

export function openPool(settings: StoreSettings, use: PoolUse): ConnectionPool {
  const pool = new pg.Pool({ ...connectionConfig(settings, use), max: use.connections });
  const clients = new Set<pg.PoolClient>();
  // An idle connection that breaks: the pool replaces it, and the next query reports what is wrong.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    clients.add(client);
    // A connection in use reports its end to its user too; without a listener it would end the process.
    client.on('error', () => undefined);
  });
  pool.on('remove', (client) => clients.delete(client));
  return {
    name: use.name,
    pool,
    close: async (deadlineMs) => {
      if (pool.ended || pool.ending) return;
      const cut = Promise.withResolvers<undefined>();
      const deadline = setTimeout(() => {
        for (const client of clients) void client.end();
        cut.resolve(undefined);
      }, deadlineMs);
      await Promise.race([pool.end(), cut.promise]);
      clearTimeout(deadline);
    },
  };
}
