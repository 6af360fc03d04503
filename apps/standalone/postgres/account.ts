import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StartupError } from './startup-error.ts';

/** A user of the operating system. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Postgres refuses to run as root. As root: the account to run it as, namely the owner of an existing cluster,
 * else `postgres`, else `nobody`. As an ordinary user: null, which means this user.
 */
export function postgresAccount(existingCluster: string): Account | null {
  if (process.getuid?.() !== 0) return null;
  const accounts = parsePasswd(readFileSync('/etc/passwd', 'utf8'));
  const owner = ownerOf(existingCluster);
  const account =
    accounts.find((a) => a.uid === owner?.uid && a.uid !== 0) ??
    (owner !== null && owner.uid !== 0 ? { name: String(owner.uid), ...owner } : undefined) ??
    accounts.find((a) => a.name === 'postgres') ??
    accounts.find((a) => a.name === 'nobody');
  if (account === undefined)
    throw new StartupError(
      'Postgres cannot run as root, and this machine has neither a user "postgres" nor "nobody": create one, or start Penstock as an ordinary user.',
    );
  return account;
}

export function parsePasswd(text: string): Account[] {
  return text
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= 4)
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
}

/**
 * The nearest folder on the way to `path` (itself included) that the account may not enter, or null.
 * What does not exist yet is taken as enterable, since we create it.
 */
export function unreachableFolder(path: string, account: Account): string | null {
  for (let folder = existingAncestor(path); ; folder = dirname(folder)) {
    if (!mayEnter(folder, account)) return folder;
    if (folder === dirname(folder)) return null;
  }
}

function mayEnter(folder: string, account: Account): boolean {
  const { mode, uid, gid } = statSync(folder);
  if (uid === account.uid) return (mode & 0o100) !== 0;
  if (gid === account.gid) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
}

function existingAncestor(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return existingAncestor(dirname(path));
  }
}

function ownerOf(path: string): { uid: number; gid: number } | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? null : { uid: stat.uid, gid: stat.gid };
}
