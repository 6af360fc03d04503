import { openProcessStore, type ProcessContext } from '#process';

const STORE_CLOSE_MS = 2_000;

type Context = Pick<ProcessContext<'migrate'>, 'settings' | 'telemetry' | 'health' | 'stopping'>;

/** Waits for Postgres and brings its schema up to date. */
export async function startMigrate(context: Context): Promise<string> {
  const { settings, telemetry, health, stopping } = context;
  const postgres = health.add('postgres', { required: true });
  const store = await openProcessStore({ settings, postgres, telemetry, stopping });
  await store.close(STORE_CLOSE_MS);
  return 'nothing: the schema is up to date';
}
