import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';

const IMPORT = /^(?:import|export)\s+(?!type\b)[^;]*?from ['"](?<name>[^'"]+)['"]/gmu;

/** The packages that a module and all it imports need at run time. */
async function packagesOf(url: URL, seen = new Set<string>()): Promise<Set<string>> {
  const packages = new Set<string>();
  if (seen.has(url.href)) return packages;
  seen.add(url.href);
  for (const match of (await readFile(url, 'utf8')).matchAll(IMPORT)) {
    const name = match.groups?.['name'] ?? '';
    if (!name.startsWith('.')) packages.add(name);
    else for (const more of await packagesOf(new URL(name, url), seen)) packages.add(more);
  }
  return packages;
}

it('gives the page nothing but the parser to load', async () => {
  const packages = await packagesOf(new URL('./page.ts', import.meta.url));
  expect([...packages].sort()).toEqual(['@lezer/lr']);
});
