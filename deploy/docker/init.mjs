/**
 * `penstock init`: makes the passwords of docker-compose.yml at the first start, as files in one volume for each service
 * that reads them. What is there already is kept, so that it may run at every start. It runs as root to give each file
 * to the user that reads it.
 */
import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Users of the official images of Postgres and RabbitMQ, and of ours; Meilisearch runs as root. */
const READERS = { postgres: 999, rabbitmq: 999, meilisearch: 0, penstock: 65_532 };

/** Passwords that may be given in the environment, to where each is kept. */
const PASSWORDS = {
  POSTGRES_PASSWORD: 'postgres/password',
  RABBITMQ_PASSWORD: 'rabbitmq/password',
  MEILI_MASTER_KEY: 'meilisearch/master-key',
  ADMIN_PASSWORD: 'penstock/admin-password',
};

/** Where a first token for senders is kept. */
const INGEST_TOKEN = 'penstock/ingest-token';
const TOKEN_FORM = /^[A-Za-z0-9._~+/=-]{32,256}$/;

/** They go into URLs and configuration files as they are. */
const USABLE = /^[A-Za-z0-9._~-]{16,128}$/;

export class InitError extends Error {}

/**
 * Writes what is missing below `folder`.
 *
 * @returns the ingest token if it was made now, so that somebody can be told; else null
 * @throws InitError with one sentence where a given password cannot be used, or is not the one in use
 */
export function init(folder, environment, chown = chownSync) {
  const password = (name) => passwordOf(name, join(folder, PASSWORDS[name]), environment);
  const postgres = password('POSTGRES_PASSWORD');
  const rabbitmq = password('RABBITMQ_PASSWORD');
  const meilisearch = password('MEILI_MASTER_KEY');
  const keptToken = readIfThere(join(folder, INGEST_TOKEN));
  const token = ingestToken(keptToken, environment);
  const admin = password('ADMIN_PASSWORD');
  const files = {
    'postgres/password': postgres,
    'rabbitmq/password': rabbitmq,
    'rabbitmq/rabbitmq.conf': `default_user = penstock\ndefault_pass = ${rabbitmq}\n`,
    'meilisearch/master-key': meilisearch,
    'meilisearch/config.toml': `env = "production"\nno_analytics = true\nmaster_key = "${meilisearch}"\n`,
    'penstock/database-url': `postgres://penstock:${postgres}@postgres:5432/penstock`,
    'penstock/rabbitmq-url': `amqp://penstock:${rabbitmq}@rabbitmq:5672`,
    'penstock/meili-api-key': meilisearch,
    [INGEST_TOKEN]: token,
    'penstock/admin-password': admin,
  };
  for (const [name, content] of Object.entries(files)) write(folder, name, content, chown);
  return keptToken === null && (environment.INGEST_TOKEN?.trim() ?? '') === '' ? token : null;
}

/** Given ones take the place of what there is: ingest alone knows them. */
function ingestToken(kept, environment) {
  const given = environment.INGEST_TOKEN?.trim() ?? '';
  if (given === '') return kept ?? randomBytes(32).toString('base64url');
  if (given.split(',').every((token) => TOKEN_FORM.test(token.trim()))) return given;
  throw new InitError(
    'INGEST_TOKEN must be 32 to 256 letters, digits or characters of "._~+/=-"; "openssl rand -hex 32" makes one.',
  );
}

function passwordOf(name, path, environment) {
  const given = environment[name]?.trim() ?? '';
  if (given !== '' && !USABLE.test(given))
    throw new InitError(`${name} must be 16 to 128 letters, digits or characters of "._~-".`);
  const kept = readIfThere(path);
  if (kept === null) return given === '' ? randomBytes(24).toString('base64url') : given;
  if (given !== '' && given !== kept)
    throw new InitError(
      `${name} is not the one that was in use at the first start: change it in the service first, then in its volume of secrets, or remove the volumes with "docker compose down --volumes", which deletes all logs.`,
    );
  return kept;
}

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Readable for its reader alone. */
function write(folder, name, content, chown) {
  const [reader] = name.split('/');
  const path = join(folder, name);
  const user = READERS[reader];
  mkdirSync(join(folder, reader), { recursive: true });
  if (readIfThere(path) !== content.trim()) writeFileSync(path, content, { mode: 0o400 });
  chown(join(folder, reader), user, user);
  chown(path, user, user);
}

if (process.argv[1]?.endsWith('/init.mjs')) {
  try {
    const token = init('/secrets', process.env);
    console.log('the secrets are there');
    if (token !== null)
      console.log(
        `ingest token, shown this once: ${token}\nsend it as "Authorization: Bearer ..."`,
      );
  } catch (error) {
    if (!(error instanceof InitError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
