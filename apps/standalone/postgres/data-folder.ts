import { createHash, randomBytes } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { chmod, chown, lstat, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { unreachableFolder, type Account } from './account.ts';
import { StartupError } from './startup-error.ts';

/** Where everything of one instance lies. */
export interface DataFolder {
  readonly root: string;
  /** The Postgres cluster (PGDATA). */
  readonly cluster: string;
  /** The same as the account of Postgres can name it: through its working directory where it may not enter the way there. */
  readonly clusterForPostgres: string;
  /** Folder of the Unix socket; only the user of Postgres and root may enter it. */
  readonly sockets: string;
  /** Password of the database's superuser, readable by us alone. */
  readonly passwordFile: string;
  /** Output of the running Postgres, begun anew at each start. */
  readonly log: string;
}

/** sockaddr_un holds 107 bytes, and Postgres adds this name to the folder. */
const SOCKET_NAME = '/.s.PGSQL.5432.lock';
const SOCKET_PATH_BYTES = 107;

/** `account` is the one that runs Postgres, null for this process's own. Throws StartupError. */
export function dataFolder(path: string, account: Account | null): DataFolder {
  const root = resolve(path);
  const closed = account === null ? null : unreachableFolder(dirname(root), account);
  if (account !== null && closed !== null && process.platform !== 'linux')
    throw new StartupError(
      `The data folder ${root} cannot be used: Postgres does not run as root but as ${account.name}, who may not enter ${closed}. Choose another by --data-dir.`,
    );
  return {
    root,
    cluster: clusterFolder(root),
    clusterForPostgres: closed === null ? clusterFolder(root) : '/proc/self/cwd',
    sockets: closed === null ? socketFolder(root) : shortSocketFolder(root),
    passwordFile: join(root, 'postgres.password'),
    log: join(root, 'postgres.log'),
  };
}

export function clusterFolder(path: string): string {
  return join(resolve(path), 'postgres');
}

function socketFolder(root: string): string {
  const beside = join(root, 'run');
  return Buffer.byteLength(beside + SOCKET_NAME) <= SOCKET_PATH_BYTES
    ? beside
    : shortSocketFolder(root);
}

function shortSocketFolder(root: string): string {
  return join(tmpdir(), `penstock-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`);
}

/** Creates what is missing, with modes that keep other users out. Throws StartupError where it cannot. */
export async function prepareDataFolder(
  folder: DataFolder,
  account: Account | null,
): Promise<{ password: string }> {
  try {
    await mkdir(folder.root, { recursive: true });
    // Postgres under another account must pass through; its own folders admit nobody else.
    await chmod(folder.root, account === null ? 0o700 : 0o711);
    await ownFolder(folder.sockets, account);
    return { password: await password(folder.passwordFile) };
  } catch (error) {
    if (error instanceof StartupError) throw error;
    throw new StartupError(`The data folder ${folder.root} cannot be used: ${reasonOf(error)}.`);
  }
}

async function ownFolder(path: string, account: Account | null): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const stat = await lstat(path);
  const self = process.getuid?.() ?? stat.uid;
  if (stat.uid !== self && stat.uid !== account?.uid)
    throw new StartupError(`The folder ${path} belongs to another user.`);
  if (!stat.isDirectory()) throw new StartupError(`${path} is not a folder.`);
  if (account !== null) await chown(path, account.uid, account.gid);
  await chmod(path, 0o700);
}

async function password(file: string): Promise<string> {
  const made = randomBytes(24).toString('hex');
  try {
    await writeFile(file, made, { mode: 0o600, flag: 'wx' });
    return made;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const kept = await readFile(file, 'utf8');
    if (kept.length > 0) return kept;
    // Cut off by a crash before the first start: no cluster knows it yet.
    await rm(file);
    return await password(file);
  }
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EACCES' || code === 'EPERM') return 'it may not be written to by this user';
  if (code === 'ENOTDIR' || code === 'EEXIST') return 'it is not a folder';
  if (code === 'EROFS') return 'its file system is read-only';
  if (code === 'ENOSPC') return 'its disk is full';
  return error instanceof Error ? error.message : String(error);
}

/**
 * One instance per data folder. The lock is SQLite's on an empty file: the kernel drops it with the process,
 * however that ends, so it is never stale. Returns its release.
 */
export function lockDataFolder(folder: DataFolder): () => void {
  const file = join(folder.root, 'lock');
  const database = new DatabaseSync(file);
  try {
    chmodSync(file, 0o600);
    database.exec('BEGIN EXCLUSIVE');
  } catch {
    database.close();
    throw new StartupError(
      `The data folder ${folder.root} is in use by another instance of Penstock: stop that one, or choose another by --data-dir.`,
    );
  }
  return () => {
    if (database.isOpen) database.close();
  };
}
