import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/*
 * Programs for tests that are built from Go modules, once for all clones of the repository on a machine. A program has a
 * `name`, the `package` to build, `linkerFlags`, the `moduleFolder` whose go.mod and go.sum name its version and that of
 * everything in it, and the `cacheFolder` that it is built into.
 */

/** No cgo and no version control, so that nothing but Go is needed; no workspace of whoever runs it. */
const GO_ENVIRONMENT = { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', GOWORK: 'off' };
const PROGRESS_MS = 30_000;
const LOCK_WAIT_MS = 45 * 60_000;

/** Where programs of a kind lie that were built here. */
export const cacheFolderOf = (kind) =>
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'penstock', kind);

export const builtPath = ({ cacheFolder, name }) => join(cacheFolder, name);

/** File beside a built program that says of which sources it is. */
const recordPath = (program) => `${builtPath(program)}.source`;

/** True where the program was built of the sources that its module names now. */
export function isBuilt(program) {
  return (
    isExecutable(builtPath(program)) &&
    existsSync(recordPath(program)) &&
    readFileSync(recordPath(program), 'utf8') === sourceHash(program)
  );
}

/** Names the state of the sources of a program: versions, checksums and flags. */
function sourceHash(program) {
  const hash = createHash('sha256').update(`${program.package}\0${program.linkerFlags}\0`);
  for (const file of ['go.mod', 'go.sum'])
    hash.update(readFileSync(join(program.moduleFolder, file)));
  return hash.digest('hex');
}

export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Builds what is missing; one build at a time for a cache folder, which all programs share. `say` gets lines of progress.
 *
 * @param options.missing gives the programs that have to be built; asked again once nobody else builds
 * @returns null, or why they could not be built
 */
export async function buildGoPrograms({ missing, say }) {
  const [first] = missing();
  if (first === undefined) return null;
  if (!(await hasGo(first))) return `Go is not installed (1.26 or newer builds ${first.name})`;
  mkdirSync(first.cacheFolder, { recursive: true });
  const unlock = await lock(first.cacheFolder, say);
  try {
    // Somebody else may have built some while this waited.
    for (const program of missing()) {
      const failure = await build(program, say);
      if (failure !== null) return `go build of ${program.name} failed:\n${failure}`;
    }
    return null;
  } finally {
    unlock();
  }
}

async function build(program, say) {
  const begun = Date.now();
  const seconds = () => ((Date.now() - begun) / 1_000).toFixed(0);
  const unfinished = `${builtPath(program)}.${process.pid}`;
  say(`building ${program.name} from Go modules, once for this machine`);
  let packages = 0;
  const progress = setInterval(() => {
    say(`building ${program.name}: ${packages} packages compiled, ${seconds()} s`);
  }, PROGRESS_MS);
  const args = ['build', '-v', '-trimpath', '-ldflags', program.linkerFlags];
  const { code, output } = await go([...args, '-o', unfinished, program.package], {
    cwd: program.moduleFolder,
    onLine: () => (packages += 1),
  });
  clearInterval(progress);
  if (code !== 0) {
    rmSync(unfinished, { force: true });
    return output.split('\n').slice(-20).join('\n');
  }
  renameSync(unfinished, builtPath(program));
  writeFileSync(recordPath(program), sourceHash(program));
  say(`built ${program.name} in ${seconds()} s`);
  return null;
}

async function hasGo({ cacheFolder }) {
  const cwd = dirname(cacheFolder).slice(0, 1);
  const { code } = await go(['version'], { cwd, onLine: () => undefined });
  return code === 0;
}

function go(args, { cwd, onLine }) {
  return new Promise((resolve) => {
    const child = spawn('go', args, {
      cwd,
      env: { ...process.env, ...GO_ENVIRONMENT },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const end = () => child.kill();
    process.once('exit', end);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        output = (output + text).slice(-20_000);
        for (const character of text) if (character === '\n') onLine();
      });
    const done = (code, text) => {
      process.removeListener('exit', end);
      resolve({ code, output: text });
    };
    child.once('error', (error) => {
      done(127, error.message);
    });
    child.once('close', (code) => {
      done(code ?? 1, output);
    });
  });
}

/** One build at a time on a machine. A lock whose process has ended is nobody's. */
async function lock(folder, say) {
  const path = join(folder, 'lock');
  const deadline = Date.now() + LOCK_WAIT_MS;
  let told = false;
  while (!takeLock(path)) {
    if (Date.now() > deadline) throw new Error(`${path} is held for too long`);
    if (!told) say(`waiting for another run that builds in ${folder}`);
    told = true;
    await delay(1_000);
  }
  const unlock = () => {
    rmSync(path, { force: true });
  };
  process.once('exit', unlock);
  return () => {
    process.removeListener('exit', unlock);
    unlock();
  };
}

function takeLock(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  if (!existsSync(path) || isRunning(Number(readFileSync(path, 'utf8')))) return false;
  rmSync(path, { force: true });
  return false;
}

function isRunning(pid) {
  // Written a moment later than the file was made.
  if (pid === 0) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code !== 'ESRCH';
  }
}
