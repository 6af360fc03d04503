import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { systemClock } from '#event';
import { observePools } from './connection-gauges.ts';
import { openPool } from './connection-pool.ts';
import { openDataSource } from './data-source.ts';
import { asStoreError } from './errors.ts';
import { openHealthPool } from './heartbeat/health-pool.ts';
import { Ledger } from './ledger.ts';
import { PartitionCreator } from './partitions/partition-creator.ts';
import { Quarantine } from './quarantine/quarantine.ts';
import { SegmentCatalog } from './partitions/segment-catalog.ts';
import { SavedSearches } from './searches/saved-searches.ts';
import { checkServer } from './server-checks.ts';
import type { StoreSettings } from './settings.ts';
import { GroupWriter } from './write/group-writer.ts';

/** Jobs wait for each other rather than take connections from the server. */
const JOB_CONNECTIONS = 4;
const JOB_TIMEOUT_MS = 600_000;
/** Every request asks who sent it: that must not wait behind searches. */
const ACCESS_CONNECTIONS = 4;
const ACCESS_TIMEOUT_MS = 5_000;

/** Postgres as Penstock uses it. */
export interface Store {
  readonly writer: GroupWriter;
  readonly ledger: Ledger;
  readonly quarantine: Quarantine;
  readonly searches: SavedSearches;
  readonly catalog: SegmentCatalog;
  /** Repositories of the small tables. */
  readonly dataSource: DataSource;
  /** Connections for writing. */
  readonly writePool: Pool;
  /** Connections for background jobs, so that a long run never keeps a writer waiting. */
  readonly jobPool: Pool;
  /** Connections for reading. */
  readonly readPool: Pool;
  /** Connections for users, sessions, tokens and the audit log; their statements are short. */
  readonly accessPool: Pool;
  /** Connections for heartbeats. */
  readonly healthPool: Pool;
  /** Lets running statements end, for at most `deadlineMs` (default 5,000), then cuts their connections. */
  close(deadlineMs?: number): Promise<void>;
}

/**
 * Connects, checks the server, brings the schema up to date.
 *
 * @throws StoreRefusedError where the server cannot be used, StoreUnavailableError where it cannot be reached
 */
export async function openStore(settings: StoreSettings): Promise<Store> {
  await checkServer(settings);
  const dataSource = await openDataSource(settings);
  const { telemetry, clock = systemClock } = settings;
  const writing = openPool(settings, {
    name: 'writer',
    statementTimeoutMs: settings.writeTimeoutMs ?? 60_000,
    // A group in its transaction may need a second one to create partitions.
    connections: Math.max(2, settings.writeConnections ?? 4),
  });
  const reading = openPool(settings, {
    name: 'reader',
    statementTimeoutMs: settings.readTimeoutMs ?? 60_000,
    connections: settings.readConnections ?? 8,
  });
  const jobs = openPool(settings, {
    name: 'keeper',
    statementTimeoutMs: JOB_TIMEOUT_MS,
    connections: JOB_CONNECTIONS,
  });
  const access = openPool(settings, {
    name: 'access',
    statementTimeoutMs: ACCESS_TIMEOUT_MS,
    connections: ACCESS_CONNECTIONS,
  });
  const health = openHealthPool(settings);
  const writePool = writing.pool;
  const readPool = reading.pool;
  const pools = [writing, jobs, reading, access, health];
  const catalog = new SegmentCatalog(writePool);
  try {
    await catalog.refresh();
  } catch (error) {
    await Promise.all([...pools.map((pool) => pool.close(0)), dataSource.destroy()]);
    throw asStoreError(error);
  }
  observePools(telemetry, pools);
  const partitions = new PartitionCreator({
    pool: writePool,
    catalog,
    granularity: settings.partitionBy ?? 'day',
    clock,
    telemetry,
  });
  const writer = new GroupWriter({ pool: writePool, catalog, partitions, clock, telemetry });
  const closeWriting = async (deadlineMs: number): Promise<void> => {
    const started = performance.now();
    await within(deadlineMs, writer.flushRollups());
    await writing.close(Math.max(0, deadlineMs - (performance.now() - started)));
  };
  return {
    writer,
    ledger: new Ledger(readPool),
    quarantine: new Quarantine(dataSource, telemetry),
    searches: new SavedSearches(dataSource, clock),
    catalog,
    dataSource,
    writePool,
    jobPool: jobs.pool,
    readPool,
    accessPool: access.pool,
    healthPool: health.pool,
    close: async (deadlineMs = 5_000) => {
      await Promise.all([
        closeWriting(deadlineMs),
        ...[jobs, reading, access, health].map((pool) => pool.close(deadlineMs)),
        dataSource.isInitialized ? dataSource.destroy() : undefined,
      ]);
    },
  };
}

/** Waits for the work, but not longer than so many ms. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(late.resolve, ms, undefined);
  await Promise.race([work, late.promise]);
  clearTimeout(timer);
}
