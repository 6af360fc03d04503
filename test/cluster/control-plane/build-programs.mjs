import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CACHE_FOLDER,
  builtPath,
  missingPrograms,
  moduleFolder,
  recordPath,
  sourceHash,
} from './programs.mjs';

/** No cgo and no version control, so that nothing but Go is needed; no workspace of whoever runs it. */
const GO_ENVIRONMENT = { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', GOWORK: 'off' };
const PROGRESS_MS = 30_000;
const LOCK_WAIT_MS = 45 * 60_000;

/**
 * Builds the programs of the control plane that are nowhere, from Go modules, into the cache folder. About 15 minutes
 * on two cores the first time, nothing afterwards. `say` gets lines of progress.
 * @returns null, or why they could not be built
 */
export async function buildPrograms(say) {
  if (missingPrograms().length === 0) return null;
  if (!(await hasGo())) return 'Go is not installed (1.26 or newer builds the control plane)';
  mkdirSync(CACHE_FOLDER, { recursive: true });
  const unlock = await lock(say);
  try {
    // Somebody else may have built some while this waited.
    for (const program of missingPrograms()) {
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
    cwd: moduleFolder(program),
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

async function hasGo() {
  const { code } = await go(['version'], {
    cwd: CACHE_FOLDER.slice(0, 1),
    onLine: () => undefined,
  });
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
async function lock(say) {
  const path = join(CACHE_FOLDER, 'lock');
  const deadline = Date.now() + LOCK_WAIT_MS;
  let told = false;
  while (!takeLock(path)) {
    if (Date.now() > deadline) throw new Error(`${path} is held for too long`);
    if (!told) say('waiting for another run that builds the control plane');
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
