import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, tail } from './process.mjs';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** A step of the preparation failed; the message holds the end of its output. */
export class StepFailed extends Error {}

/**
 * Installs the packages and builds server and page where they are missing or older than their sources, and
 * does nothing otherwise. `step(title, work)` wraps each piece of work, for progress lines.
 */
export async function prepare(step) {
  await install(step);
  await build(step, SERVER);
  await build(step, PAGE);
}

async function install(step) {
  const lock = join(ROOT, 'package-lock.json');
  const installed = join(ROOT, 'node_modules', '.package-lock.json');
  const record = join(ROOT, 'node_modules', '.penstock-lock-hash');
  const hash = digest([lock]);
  if (existsSync(installed)) {
    if (existsSync(record) && readFileSync(record, 'utf8') === hash) return;
    if (statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  }
  await step('installing packages', () => npm(['ci', '--no-progress', '--loglevel=error']));
  writeFileSync(record, hash);
}

const COMMON = ['package.json', 'package-lock.json', 'tsconfig.json'];
const isServerSource = (path) =>
  path.endsWith('.ts') && !path.endsWith('.spec.ts') && !path.startsWith('apps/ui/');
const isPageSource = (path) =>
  !path.endsWith('.spec.ts') && (path.startsWith('apps/ui/') || path.startsWith('libs/query/'));

const SERVER = {
  name: 'server',
  title: 'building the server',
  script: 'build:server',
  sources: () => [
    ...COMMON,
    'nest-cli.json',
    'tsconfig.build.json',
    ...files('apps', isServerSource),
    ...files('libs', isServerSource),
  ],
  output: 'dist/apps/standalone/main.js',
  outputFolders: ['dist/apps', 'dist/libs'],
};

const PAGE = {
  name: 'page',
  title: 'building the page',
  script: 'build:ui',
  sources: () => [
    ...COMMON,
    'angular.json',
    ...files('apps/ui', isPageSource),
    ...files('libs', isPageSource),
  ],
  output: 'dist/ui/browser/index.html',
  outputFolders: ['dist/ui'],
};

async function build(step, { name, title, script, sources, output, outputFolders }) {
  const record = join(ROOT, 'dist', `.${name}-hash`);
  const hash = digest(sources().map((path) => join(ROOT, path)));
  const fresh = existsSync(record) && readFileSync(record, 'utf8') === hash;
  if (fresh && existsSync(join(ROOT, output))) return;
  await step(title, async () => {
    rmSync(record, { force: true });
    for (const folder of outputFolders)
      rmSync(join(ROOT, folder), { recursive: true, force: true });
    await npm(['run', script]);
    if (!existsSync(join(ROOT, output))) throw new StepFailed(`${script} made no ${output}`);
  });
  mkdirSync(dirname(record), { recursive: true });
  writeFileSync(record, hash);
}

async function npm(args) {
  const { code, output } = await run('npm', args, {
    cwd: ROOT,
    env: { ...process.env, NG_CLI_ANALYTICS: 'false', NODE_OPTIONS: '', NO_COLOR: '1' },
  });
  if (code !== 0) throw new StepFailed(`npm ${args.join(' ')} failed:\n${tail(output)}`);
}

/** Paths of files below a folder, relative to the project, in a stable order. */
function files(folder, keep) {
  const absolute = join(ROOT, folder);
  if (!existsSync(absolute)) return [];
  return readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath ?? entry.path, entry.name)))
    .filter(keep)
    .sort();
}

function digest(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    if (!existsSync(path)) continue;
    hash
      .update(`${relative(ROOT, path)}\0`)
      .update(readFileSync(path))
      .update('\0');
  }
  return hash.digest('hex');
}
