import pg from 'pg';
import { DataSource } from 'typeorm';
import { LOCK_NAMESPACE, LOCKS } from './advisory-locks.ts';
import { QuarantineEntity } from './entities/quarantine.ts';
import { SavedSearchEntity } from './entities/saved-search.ts';
import { SegmentEntity } from './entities/segment.ts';
import { Initial1 } from './migrations/1-initial.ts';
import { ProcessHeartbeat2 } from './migrations/2-process-heartbeat.ts';
import { SearchIndex3 } from './migrations/3-search-index.ts';
import { SavedSearch4 } from './migrations/4-saved-search.ts';
import { Columnar5 } from './migrations/5-columnar.ts';
import { Access6 } from './migrations/6-access.ts';
import { IngestToken7 } from './migrations/7-ingest-token.ts';
import { UserIdentity8 } from './migrations/8-user-identity.ts';
import { HeldSegment9 } from './migrations/9-held-segment.ts';
import { KeptRows10 } from './migrations/10-kept-rows.ts';
import { connectionConfig, type StoreSettings } from './settings.ts';

const MIGRATION_TIMEOUT_MS = 10 * 60_000;

/**
 * TypeORM over the small tables, with the schema brought up to date. Programs that start at the same time migrate
 * one after the other.
 */
export async function openDataSource(settings: StoreSettings): Promise<DataSource> {
  const config = connectionConfig(settings, {
    name: 'store',
    statementTimeoutMs: settings.readTimeoutMs ?? 60_000,
  });
  const dataSource = new DataSource({
    type: 'postgres',
    applicationName: config.application_name ?? 'penstock',
    entities: [SegmentEntity, QuarantineEntity, SavedSearchEntity],
    migrations: [
      Initial1,
      ProcessHeartbeat2,
      SearchIndex3,
      SavedSearch4,
      Columnar5,
      Access6,
      IngestToken7,
      UserIdentity8,
      HeldSegment9,
      KeptRows10,
    ],
    migrationsTransactionMode: 'each',
    synchronize: false,
    installExtensions: false,
    extra: { ...config, max: 2, allowExitOnIdle: true },
    // An idle connection that breaks: the pool replaces it, and the next query reports what is wrong.
    poolErrorHandler: () => undefined,
  });
  await dataSource.initialize();
  try {
    await migrate(settings, dataSource);
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
  return dataSource;
}

async function migrate(settings: StoreSettings, dataSource: DataSource): Promise<void> {
  const client = new pg.Client(
    connectionConfig(settings, { name: 'migration', statementTimeoutMs: MIGRATION_TIMEOUT_MS }),
  );
  client.on('error', () => undefined);
  await client.connect();
  try {
    // The lock belongs to this session and goes with it.
    await client.query('SELECT pg_advisory_lock($1, $2)', [LOCK_NAMESPACE, LOCKS.migrations]);
    await dataSource.runMigrations();
  } finally {
    await client.end();
  }
}
