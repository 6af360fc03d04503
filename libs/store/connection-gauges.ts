import { defineGauge, type Sample, type Telemetry } from '#telemetry';
import type { ConnectionPool } from './connection-pool.ts';

export const postgresConnections = defineGauge({
  name: 'penstock_postgres_connections',
  help: 'Connections to Postgres by pool and state; `waiting` counts the calls that wait for one.',
  labels: ['pool', 'state'],
});

/** Shows how the pools are used. */
export function observePools(telemetry: Telemetry, pools: readonly ConnectionPool[]): void {
  telemetry.observe(postgresConnections, () =>
    pools.flatMap(({ name, pool }): Sample[] => [
      { labels: { pool: name, state: 'used' }, value: pool.totalCount - pool.idleCount },
      { labels: { pool: name, state: 'idle' }, value: pool.idleCount },
      { labels: { pool: name, state: 'waiting' }, value: pool.waitingCount },
    ]),
  );
}
