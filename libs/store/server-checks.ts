import pg from 'pg';
import { asStoreError, StoreRefusedError } from './errors.ts';
import type { StoreSettings } from './settings.ts';
import { connectionConfig } from './settings.ts';

const OLDEST_VERSION = 15;

interface ServerFacts {
  readonly version: string;
  readonly fsync: string;
  readonly encoding: string;
}

const FACTS_SQL = `
SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync,
       pg_encoding_to_char(encoding) AS encoding
  FROM pg_database WHERE datname = current_database()`;

/**
 * Refuses a server on which the delivery contract would not hold.
 *
 * @throws StoreRefusedError with one sentence that says what to do
 */
export async function checkServer(settings: StoreSettings): Promise<void> {
  const facts = await readFacts(settings);
  const refusal = refusalOf(facts, settings.allowFsyncOff ?? false);
  if (refusal !== null) throw refusal;
}

/** The reason not to use a server, or null. */
export function refusalOf(facts: ServerFacts, allowFsyncOff: boolean): StoreRefusedError | null {
  if (Number.parseInt(facts.version, 10) < OLDEST_VERSION) {
    return new StoreRefusedError(
      'server-too-old',
      `Postgres ${facts.version} is too old: Penstock needs version ${OLDEST_VERSION} or newer.`,
    );
  }
  if (facts.encoding !== 'UTF8') {
    return new StoreRefusedError(
      'encoding',
      `The database's encoding is ${facts.encoding}: Penstock needs a database created with ENCODING 'UTF8'.`,
    );
  }
  if (facts.fsync !== 'on' && !allowFsyncOff) {
    return new StoreRefusedError(
      'fsync-off',
      'Postgres runs with fsync = off, so a crash of its machine loses acknowledged events: switch it on, or allow it explicitly.',
    );
  }
  return null;
}

/** Authorisation (class 28), and a database that does not exist. */
const REFUSED_SQLSTATE = /^28|^3D000$/;

/** What the user can mend in DATABASE_URL, else null. */
function refusalOfConnection(error: unknown): StoreRefusedError | null {
  if (!(error instanceof pg.DatabaseError) || !REFUSED_SQLSTATE.test(error.code ?? '')) return null;
  return new StoreRefusedError(
    'connection-refused',
    `Postgres refuses the connection: ${error.message}; check user, password and database of DATABASE_URL.`,
    error,
  );
}

async function readFacts(settings: StoreSettings): Promise<ServerFacts> {
  const client = new pg.Client(
    connectionConfig(settings, { name: 'start', statementTimeoutMs: 10_000 }),
  );
  // A connection that breaks while idle reports it here; the next query reports it again.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<ServerFacts>(FACTS_SQL);
    return rows[0] as ServerFacts;
  } catch (error) {
    throw refusalOfConnection(error) ?? asStoreError(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}
