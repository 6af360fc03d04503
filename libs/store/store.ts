import pg from 'pg';
import type { DataSource } from 'typeorm';
import { systemClock } from '#event';
import { openDataSource } from './data-source.ts';
import { Ledger } from './ledger.ts';
import { PartitionCreator } from './partitions/partition-creator.ts';
import { Quarantine } from './quarantine/quarantine.ts';
import { SegmentCatalog } from './partitions/segment-catalog.ts';
import { checkServer } from './server-checks.ts';
import { connectionConfig, type StoreSettings } from './settings.ts';
import { GroupWriter } from './write/group-writer.ts';

/** Jobs wait for each other rather than take connections from the server. */
const JOB_CONNECTIONS = 3;
const JOB_TIMEOUT_MS = 600_000;

/** Postgres as Penstock uses it. */
export interface Store {
  readonly writer: GroupWriter;
  readonly ledger: Ledger;
  readonly quarantine: Quarantine;
  readonly catalog: SegmentCatalog;
  /** Repositories of the small tables. */
  readonly dataSource: DataSource;
  /** Connections for writing. */
  readonly writePool: pg.Pool;
  /** Connections for background jobs, so that a long run never keeps a writer waiting. */
  readonly jobPool: pg.Pool;
  /** Connections for reading. */
  readonly readPool: pg.Pool;
  /** Lets running statements end, for at most `deadlineMs` (default 5,000), then gives the connections up. */
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
  const writePool = openPool(settings, {
    name: 'writer',
    statementTimeoutMs: settings.writeTimeoutMs ?? 60_000,
    // A group in its transaction may need a second one to create partitions.
    connections: Math.max(2, settings.writeConnections ?? 4),
  });
  const readPool = openPool(settings, {
    name: 'reader',
    statementTimeoutMs: settings.readTimeoutMs ?? 60_000,
    connections: settings.readConnections ?? 8,
  });
  const jobPool = openPool(settings, {
    name: 'keeper',
    statementTimeoutMs: JOB_TIMEOUT_MS,
    connections: JOB_CONNECTIONS,
  });
  const catalog = new SegmentCatalog(writePool);
  await catalog.refresh();
  const partitions = new PartitionCreator({
    pool: writePool,
    catalog,
    granularity: settings.partitionBy ?? 'day',
    clock,
    telemetry,
  });
  return {
    writer: new GroupWriter({ pool: writePool, catalog, partitions, clock, telemetry }),
    ledger: new Ledger(readPool),
    quarantine: new Quarantine(dataSource, telemetry),
    catalog,
    dataSource,
    writePool,
    jobPool,
    readPool,
    close: (deadlineMs = 5_000) => close([writePool, jobPool, readPool], dataSource, deadlineMs),
  };
}

interface PoolUse {
  readonly name: string;
  readonly statementTimeoutMs: number;
  readonly connections: number;
}

function openPool(settings: StoreSettings, use: PoolUse): pg.Pool {
  const pool = new pg.Pool({ ...connectionConfig(settings, use), max: use.connections });
  // An idle connection that breaks: the pool replaces it, and the next query reports what is wrong.
  pool.on('error', () => undefined);
  // A connection in use reports its end to its user too; without a listener it would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

async function close(
  pools: readonly pg.Pool[],
  dataSource: DataSource,
  deadlineMs: number,
): Promise<void> {
  const ended = Promise.all([...pools.map((pool) => pool.end()), dataSource.destroy()]);
  const deadline = new Promise((resolve) => setTimeout(resolve, deadlineMs).unref());
  await Promise.race([ended, deadline]);
}
