const MIB = 1024 * 1024;

/** What the embedded Postgres is started with. */
export interface PostgresTuning {
  /** Memory of the machine or container in bytes. */
  readonly memoryBytes: number;
  /** False only for tests that may lose their data. */
  readonly fsync: boolean;
}

/**
 * Memory that the server can count on, in bytes.
 *
 * @param constrained `process.constrainedMemory()`: 0 or more than there is where nothing limits the process
 */
export function usableMemory(constrained: number, total: number): number {
  return constrained > 0 ? Math.min(constrained, total) : total;
}

/**
 * Server settings for a log store: large sequential writes with fsync, few connections, scans by a few workers.
 * They are given on the command line, so that a new version's values hold for old clusters too.
 */
export function serverSettings({ memoryBytes, fsync }: PostgresTuning): Record<string, string> {
  const mib = (share: number, least: number, most: number): string =>
    `${Math.round(Math.min(Math.max((memoryBytes * share) / MIB, least), most))}MB`;
  return {
    fsync: fsync ? 'on' : 'off',
    full_page_writes: fsync ? 'on' : 'off',
    synchronous_commit: fsync ? 'on' : 'off',
    max_connections: '100',
    // One lock per partition and index that a statement touches.
    max_locks_per_transaction: '1024',
    shared_buffers: mib(1 / 8, 64, 512),
    effective_cache_size: mib(1 / 2, 256, 1024 * 1024),
    work_mem: '16MB',
    maintenance_work_mem: '64MB',
    // At 100,000 events/s about 40 MB of WAL per second: a checkpoint a minute, and a recovery of some seconds.
    max_wal_size: '2GB',
    min_wal_size: '512MB',
    checkpoint_timeout: '10min',
    checkpoint_completion_target: '0.9',
    wal_buffers: '16MB',
    // Nobody replicates from the embedded server.
    wal_level: 'minimal',
    max_wal_senders: '0',
    // Appended pages have no full-page images; what is left is not worth pglz, the only method of these binaries.
    wal_compression: 'off',
    random_page_cost: '1.1',
    jit: 'off',
    autovacuum_max_workers: '2',
    TimeZone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    // Clients are told of their own errors; the log is for what happens to the server.
    log_min_messages: 'log',
    log_checkpoints: 'off',
  };
}
