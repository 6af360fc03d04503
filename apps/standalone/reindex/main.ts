import { join } from 'node:path';
import pg from 'pg';
import { readSettings, SETTINGS } from '#config';
import { systemClock } from '#event';
import { reindex } from '#index';
import { failToStart, projectFolder, StartupError } from '#process';
import { runningPostgresUrl } from '../postgres/running-url.ts';
import { readReindexCommand, REINDEX_HELP } from './command-line.ts';

const { databaseUrl, dataDir, indexPrefix } = SETTINGS;
const CONNECT_MS = 5_000;
const STATEMENT_MS = 60_000;

try {
  const command = readReindexCommand(process.argv.slice(2), systemClock());
  if (command.kind === 'invalid') throw new StartupError(`${command.reason}.\n\n${REINDEX_HELP}`);
  if (command.kind === 'help') process.stdout.write(REINDEX_HELP);
  else {
    const source = { environment: process.env, flags: command.settings };
    const settings = readSettings({ databaseUrl, dataDir, indexPrefix }, source);
    const pool = new pg.Pool({
      connectionString:
        settings.databaseUrl ??
        runningPostgresUrl(settings.dataDir ?? join(projectFolder(), '.data'), 'penstock'),
      max: 1,
      connectionTimeoutMillis: CONNECT_MS,
      statement_timeout: STATEMENT_MS,
    });
    const names = await reindex(pool, settings.indexPrefix, command.range);
    await pool.end();
    for (const name of names) process.stdout.write(`${name}\n`);
    process.stdout.write(`${names.length} to be made again by the keeper\n`);
  }
} catch (error) {
  failToStart(error);
}
