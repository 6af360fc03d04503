/**
 * `npm run test:compose`: builds the image, starts docker-compose.yml, and checks that it is what README.md says. With
 * a Docker engine that runs it uses the official images; else, as root, it starts an engine of its own and makes
 * stand-ins for them out of Debian packages, which takes some minutes the first time. PENSTOCK_COMPOSE_FOLDER keeps
 * them for the next time. It deletes what it started, its volumes included.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/free-port.mjs';
import { checksOf } from './checks.mjs';
import { has, output } from './command.mjs';
import { openEngine } from './engine.mjs';
import { buildStandIns } from './stand-ins.mjs';

const ROOT = join(import.meta.dirname, '../..');
const SERVICES = ['init', 'ingest', 'writer', 'gateway', 'keeper'];
const kept = process.env.PENSTOCK_COMPOSE_FOLDER;
const folder = kept ?? mkdtempSync(join(tmpdir(), 'penstock-compose-'));
mkdirSync(folder, { recursive: true });

const begun = Date.now();
const say = (text) => {
  console.log(`[${((Date.now() - begun) / 1_000).toFixed(0).padStart(4)} s] ${text}`);
};

/** Without an engine, or without Compose, nothing can be said. */
async function missing() {
  if (!(await has('docker'))) return 'docker';
  if (!(await has('docker', ['compose', 'version']))) return 'the Compose plugin of docker, v2';
  return null;
}

/** docker and docker compose against the engine, with the names of the images. */
async function commandsFor(engine) {
  const env = { ...process.env, ...engine.environment };
  const files = ['--file', join(ROOT, 'docker-compose.yml')];
  if (!engine.ownNetwork) {
    say('making stand-ins for the official images');
    // Without a bridge of the host, and without BuildKit's plugin, an image is built on the network of the host.
    Object.assign(env, { DOCKER_BUILDKIT: '0', COMPOSE_BAKE: 'false' });
    Object.assign(env, await buildStandIns(folder, env));
  }
  const withIndex = engine.ownNetwork || env.MEILISEARCH_IMAGE !== undefined;
  if (!engine.ownNetwork) {
    const override = join(folder, 'override.json');
    const services = Object.fromEntries(
      SERVICES.map((name) => [name, { build: { network: 'host' } }]),
    );
    // Scaled to 0 its image would be pulled all the same.
    if (!withIndex) services.meilisearch = { profiles: ['without-an-image'] };
    writeFileSync(override, JSON.stringify({ services }));
    files.push('--file', override);
  }
  const [ingestPort, gatewayPort] = [await freePort(), await freePort()];
  Object.assign(env, { INGEST_PORT: String(ingestPort), GATEWAY_PORT: String(gatewayPort) });
  if (!withIndex) env.MEILI_URL = '';
  const docker = (...args) => output('docker', args, { env });
  const compose = (...args) =>
    docker('compose', '--project-name', 'penstock-test', ...files, ...args);
  const ingest = `http://127.0.0.1:${ingestPort}`;
  return { docker, compose, ingest, gateway: `http://127.0.0.1:${gatewayPort}`, withIndex };
}

/** As somebody reads it who has started this for the first time. */
async function tokenOf({ compose }) {
  const [, token] =
    /ingest token, shown this once: (\S+)/.exec(await compose('logs', 'init')) ?? [];
  if (token === undefined) throw new Error('the log of init has no ingest token');
  return token;
}

async function check(commands) {
  let failed = 0;
  for (const [name, run] of Object.entries(checksOf(commands))) {
    try {
      const note = await run();
      say(`passed: ${name}${note === undefined ? '' : ` (${note})`}`);
    } catch (error) {
      failed += 1;
      say(`FAILED: ${name}\n${error.stack}`);
    }
  }
  return failed;
}

async function main() {
  const lacking = await missing();
  const engine = lacking === null ? await openEngine(join(folder, 'engine')) : null;
  if (engine === null) {
    say(`cannot run: it needs ${lacking ?? 'a Docker engine that runs, or root and dockerd'}`);
    return 1;
  }
  try {
    const commands = await commandsFor(engine);
    try {
      say('docker compose up --build');
      await commands.compose('up', '--build', '--detach', '--wait', '--wait-timeout', '600');
      return await check({ ...commands, token: await tokenOf(commands) });
    } finally {
      await commands.compose('down', '--volumes');
    }
  } finally {
    await engine.close();
    if (kept === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = (await main()) === 0 ? 0 : 1;
