import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import {
  Engine,
  listSegments,
  recoverFiles,
  restoreSegment,
  verifyFiles,
  type ObjectStorage,
} from '#columnar';
import { columnarPlace, readSettings, SETTINGS, settingsOf } from '#config';
import { systemClock } from '#event';
import { failToStart, openObjectStorage, projectFolder, StartupError } from '#process';
import { asStoreError, openStore } from '#store';
import { Telemetry } from '#telemetry';
import { runningPostgresUrl } from '../postgres/running-url.ts';
import { readSegmentsCommand, SEGMENTS_HELP, type SegmentsCommand } from './command-line.ts';
import { eventsOf, leavesSomething, recoveryLines } from './recovery-lines.ts';
import { segmentJson, segmentLines } from './segment-lines.ts';

const CONNECT_MS = 5_000;
const NOTHING_BETWEEN = (): Promise<void> => Promise.resolve();

type Run = Extract<SegmentsCommand, { settings: unknown }>;

interface Opened {
  readonly client: pg.PoolClient;
  readonly storage: ObjectStorage;
  readonly memoryBytes: number;
  readonly scratch: string;
  readonly signal: AbortSignal;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Ends at SIGINT and SIGTERM: what was begun is rolled back. */
const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    ending.abort(new StartupError('It was told to end; nothing has changed.'));
  });

try {
  const command = readSegmentsCommand(process.argv.slice(2), systemClock());
  if (command.kind === 'invalid') throw new StartupError(`${command.reason}.\n\n${SEGMENTS_HELP}`);
  if (command.kind === 'help') process.stdout.write(SEGMENTS_HELP);
  else await run(command);
} catch (error) {
  failToStart(error);
}

async function run(command: Run): Promise<void> {
  const source = { environment: process.env, flags: command.settings };
  const { databaseUrl, dataDir, allowFsyncOff } = SETTINGS;
  const read = readSettings({ databaseUrl, dataDir, allowFsyncOff }, source);
  const { databaseUrl: url, dataDir: folder } = read;
  const connectionString =
    url ?? runningPostgresUrl(folder ?? join(projectFolder(), '.data'), 'penstock');
  if (command.kind === 'recover') await makeSchema(connectionString, read.allowFsyncOff);
  const pool = new pg.Pool({ connectionString, max: 1, connectionTimeoutMillis: CONNECT_MS });
  const client = await pool.connect().catch((error: unknown) => {
    throw asStoreError(error);
  });
  try {
    if (command.kind === 'list') {
      const segments = await listSegments(client, command.range);
      for (const line of command.json ? segments.map(segmentJson) : segmentLines(segments))
        print(line);
    } else {
      const environment = {
        ...process.env,
        DATABASE_URL: connectionString,
        DATABASE_URL_FILE: undefined,
      };
      await withStorage(client, environment, (opened) => withFiles(command, opened));
    }
  } finally {
    client.release();
    await pool.end();
  }
}

/** The database may be an empty one. */
async function makeSchema(url: string, allowFsyncOff: boolean): Promise<void> {
  const store = await openStore({ url, allowFsyncOff, telemetry: new Telemetry(() => undefined) });
  await store.close();
}

async function withStorage(
  client: pg.PoolClient,
  environment: Readonly<Record<string, string | undefined>>,
  work: (opened: Opened) => Promise<void>,
): Promise<void> {
  const settings = readSettings(settingsOf('keeper'), { environment });
  const place = columnarPlace(settings);
  if (place === null)
    throw new StartupError('Set COLUMNAR_FOLDER or S3_BUCKET, as for the keeper.');
  const { storage, close } = await openObjectStorage(place);
  const parent = place.kind === 'folder' ? place.folder : place.cacheFolder;
  await mkdir(parent, { recursive: true });
  // Where there is room for files; names that begin with a point are no objects.
  const scratch = await mkdtemp(join(parent, '.segments-'));
  try {
    const { columnarMemory: memoryBytes } = settings;
    await work({ client, storage, memoryBytes, scratch, signal: ending.signal });
  } finally {
    close();
    await rm(scratch, { recursive: true, force: true });
  }
}

async function withFiles(command: Exclude<Run, { kind: 'list' }>, opened: Opened): Promise<void> {
  if (command.kind === 'verify') await verify(command.range, opened);
  else if (command.kind === 'recover') await recover(command.forgetMissing, opened);
  else await restore(command.id, command.heldUntil, opened);
}

async function verify(
  range: Parameters<typeof verifyFiles>[2],
  { client, storage, scratch, signal }: Opened,
): Promise<void> {
  const counts = { whole: 0, missing: 0, corrupt: 0, unknown: 0 };
  for await (const { name, state } of verifyFiles(client, storage, range, scratch, signal)) {
    counts[state]++;
    if (state !== 'whole') print(`${state}: ${name}`);
  }
  const { whole, missing, corrupt, unknown } = counts;
  print(`${whole} whole, ${missing} missing, ${corrupt} corrupt, ${unknown} unknown`);
  if (missing + corrupt > 0) process.exitCode = 1;
}

async function restore(id: number, heldUntil: string, opened: Opened): Promise<void> {
  await withEngine(opened, async (engine) => {
    const parts = { ...opened, engine, between: NOTHING_BETWEEN };
    const outcome = await restoreSegment(parts, id, heldUntil);
    if (outcome.kind === 'refused') throw new StartupError(`Not restored: ${outcome.reason}.`);
    print(`${outcome.events} events are rows of ${outcome.relation}, until ${heldUntil}`);
  });
}

async function recover(forgetMissing: boolean, opened: Opened): Promise<void> {
  await withEngine(opened, async (engine) => {
    const parts = { ...opened, engine, forgetMissing, between: NOTHING_BETWEEN };
    let events = 0;
    for await (const report of recoverFiles(parts)) {
      for (const line of recoveryLines(report)) print(line);
      if (leavesSomething(report)) process.exitCode = 1;
      events += eventsOf(report);
    }
    print(`${events} events are found again`);
  });
}

async function withEngine(
  { memoryBytes, scratch }: Opened,
  work: (engine: Engine) => Promise<void>,
): Promise<void> {
  const spillFolder = join(scratch, 'sorting');
  const engine = await Engine.open({ memoryBytes, threads: 1, connections: 1, spillFolder });
  try {
    await work(engine);
  } finally {
    engine.close();
  }
}
