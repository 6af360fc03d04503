import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { postgresAccount } from './account.ts';
import { clusterFolder, dataFolder } from './data-folder.ts';
import { connectionUrl } from './embedded-postgres.ts';
import { livingPostmaster } from './postmaster.ts';
import { StartupError } from './startup-error.ts';

/** The URL of the Postgres that an instance runs on its data folder now. Throws StartupError where none runs. */
export function runningPostgresUrl(path: string, database: string): string {
  const cluster = clusterFolder(path);
  if (livingPostmaster(cluster) === null)
    throw new StartupError(
      `No Postgres runs in ${resolve(path)}: start Penstock first, or name another by DATABASE_URL or --data-dir.`,
    );
  const folder = dataFolder(path, postgresAccount(cluster));
  const password = readFileSync(folder.passwordFile, 'utf8');
  return connectionUrl({}, folder.sockets, password)(database);
}
