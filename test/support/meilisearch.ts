import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { freePort } from './free-port.mjs';
import { findMeilisearch, MeilisearchProcess } from './meilisearch-server.ts';
import { waitUntil } from './wait-until.ts';

/** Where a server is, for suites that share it: each makes indexes with names of its own. */
export interface TestMeilisearch {
  readonly url: string;
  readonly apiKey: string | null;
  close(): Promise<void>;
}

const IMAGE = 'getmeili/meilisearch';
const DOCKER_MS = 5_000;

/** What `suite` says of where Meilisearch is; null where it is nowhere. */
export function locateMeilisearch(): string | null {
  return process.env['MEILI_URL'] ?? findMeilisearch() ?? localImage();
}

/** The server of MEILI_URL, else the one on PATH, else an image that Docker has already. `close` it in the end. */
export async function openMeilisearch(): Promise<TestMeilisearch> {
  const url = process.env['MEILI_URL'];
  if (url !== undefined)
    return { url, apiKey: process.env['MEILI_API_KEY'] ?? null, close: () => Promise.resolve() };
  if (findMeilisearch() === null) return await startContainer();
  const server = await MeilisearchProcess.start();
  return { url: server.url, apiKey: server.apiKey, close: () => server.remove() };
}

let image: string | null | undefined;

/** The newest image of Meilisearch here; nothing is pulled. */
function localImage(): string | null {
  if (image !== undefined) return image;
  try {
    const names = execFileSync(
      'docker',
      ['images', '--format', '{{.Repository}}:{{.Tag}}', IMAGE],
      {
        timeout: DOCKER_MS,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    image = names.split('\n').find((name) => name.startsWith(IMAGE)) ?? null;
  } catch {
    // No Docker, or an engine that does not answer.
    image = null;
  }
  return image;
}

async function startContainer(): Promise<TestMeilisearch> {
  const port = await freePort();
  const apiKey = randomBytes(16).toString('hex');
  const name = `penstock-test-${randomBytes(6).toString('hex')}`;
  const container = spawn(
    'docker',
    [
      ...['run', '--rm', '--name', name, '--publish', `127.0.0.1:${port}:7700`],
      ...['--env', `MEILI_MASTER_KEY=${apiKey}`, '--env', 'MEILI_NO_ANALYTICS=true'],
      ...['--env', 'MEILI_MAX_INDEXING_MEMORY=256MiB', localImage() ?? IMAGE],
    ],
    { stdio: 'ignore' },
  );
  const ended = new Promise((resolve) => {
    container.once('close', resolve);
    container.once('error', resolve);
  });
  const url = `http://127.0.0.1:${port}`;
  const close = async (): Promise<void> => {
    spawn('docker', ['kill', name], { stdio: 'ignore' });
    await ended;
  };
  await waitUntil('Meilisearch answers', async () => {
    const health = await fetch(`${url}/health`).catch(() => null);
    return health?.ok === true;
  });
  return { url, apiKey, close };
}
