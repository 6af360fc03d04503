/**
 * `npm test`: installs and builds what is needed, checks the sources, runs every suite, and ends with the one line
 * `N passed, N failed, N skipped`. Exit code 1 when anything failed, a check or a crashed runner included.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPrograms } from '../test/cluster/control-plane/build-programs.mjs';
import { PROGRAMS } from '../test/cluster/control-plane/programs.mjs';
import { buildS3Server } from '../test/support/s3-server/program.mjs';
import { ROOT, StepFailed, prepare } from './prepare.mjs';
import { run, tail } from './process.mjs';
import { installBroker, installBrowser } from './system-packages.mjs';

const begun = Date.now();
const totals = { passed: 0, failed: 0, skipped: 0 };
const workspace = mkdtempSync(join(tmpdir(), 'penstock-test-'));

const say = (text) => {
  console.log(`[${((Date.now() - begun) / 1000).toFixed(0).padStart(4)} s] ${text}`);
};

async function step(title, work) {
  say(title);
  return await work();
}

const fail = (text) => {
  totals.failed += 1;
  say(`FAILED: ${text}`);
};

async function check() {
  for (const name of ['format', 'lint', 'types', 'imports']) {
    say(`checking ${name}`);
    const { code, output } = await run('npm', ['run', '--silent', `check:${name}`], { cwd: ROOT });
    if (code !== 0) fail(`npm run check:${name}\n${tail(output, 60)}`);
  }
}

/** A run takes a third of it on a slow machine; one that hangs is to be named, not waited for. */
const RUN_TIMEOUT_MS = 20 * 60_000;

/** Unit suites share the two cores; the others start whole programs and measure them, so they run alone. */
const RUNS = [
  { project: 'unit', workers: 2 },
  { project: 'pipeline', workers: 1 },
  { project: 'faults', workers: 1 },
  { project: 'cluster', workers: 1 },
  { project: 'browser', workers: 1 },
];

async function jest({ project, workers }) {
  say(`running ${project}`);
  const results = join(workspace, `${project}.json`);
  const { code } = await run(
    join(ROOT, 'node_modules/.bin/node'),
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      '--ci',
      '--passWithNoTests',
      `--selectProjects=${project}`,
      `--maxWorkers=${workers}`,
      '--json',
      `--outputFile=${results}`,
    ],
    {
      cwd: ROOT,
      env: { ...process.env, PENSTOCK_TEST_FOLDER: join(workspace, project), NODE_OPTIONS: '' },
      echo: 'stderr',
      timeoutMs: RUN_TIMEOUT_MS,
    },
  );
  if (!existsSync(results)) {
    fail(`Jest ended with exit code ${code} and no result for ${project}`);
    return;
  }
  const result = JSON.parse(readFileSync(results, 'utf8'));
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  totals.passed += result.numPassedTests;
  totals.skipped += result.numPendingTests + result.numTodoTests;
  totals.failed += failed;
  if (failed === 0 && code !== 0) fail(`Jest ended with exit code ${code} for ${project}`);
}

/** Without it the suites that need it are skipped by name, and fail in CI. */
async function buildControlPlane() {
  const failure = await buildPrograms(say);
  if (failure !== null) say(`no Kubernetes control plane: ${failure}`);
}

/** As for the control plane. */
async function buildObjectStorage() {
  const failure = await buildS3Server(say);
  if (failure !== null) say(`no S3 server: ${failure}`);
}

/** A Jest that was killed leaves its servers behind; the folder knows which. */
function endTestServers() {
  for (const { project } of RUNS) {
    end(join(workspace, project, 'server/postgres/postmaster.pid'), 'SIGQUIT');
    end(join(workspace, project, 'rabbitmq/broker.pid'), 'SIGKILL');
    end(join(workspace, project, 'rabbitmq/epmd.pid'), 'SIGTERM');
    for (const kind of ['meilisearch', 's3'])
      for (const folder of foldersIn(join(workspace, project, kind)))
        end(join(folder, 'server.pid'), 'SIGKILL');
    for (const { name } of PROGRAMS)
      end(join(workspace, project, `cluster/${name}.pid`), 'SIGKILL');
  }
  rmSync(workspace, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

function foldersIn(folder) {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

function end(pidFile, signal) {
  if (!existsSync(pidFile)) return;
  try {
    process.kill(Number(readFileSync(pidFile, 'utf8').split('\n')[0]), signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

try {
  await prepare(step);
  await installBroker(say);
  await installBrowser(say);
  await buildObjectStorage();
  await buildControlPlane();
  await check();
  for (const suites of RUNS) await jest(suites);
} catch (error) {
  fail(error instanceof StepFailed ? error.message : String(error?.stack ?? error));
} finally {
  endTestServers();
}
process.exitCode = totals.failed > 0 ? 1 : 0;
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
