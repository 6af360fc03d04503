import { totalmem } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { OPEN_TO_ALL } from '#access';
import { GROUP_DEFAULTS, type BatchWriter, type IngestPipeline } from '#delivery';
import {
  announceProcess,
  listensOnLoopback,
  openArchive,
  openColumnarReader,
  openColumnarStorage,
  openSearchIndex,
  openSenders,
  openServerTls,
  projectFolder,
  serveHttp,
  type ProcessContext,
  type ServerTls,
} from '#process';
import { InProcessQueue, observeDepth } from '#queue';
import { openStore, readIndexLag, watchPipeline, type Store } from '#store';
import {
  accessMode,
  configureGateway,
  openAccess,
  replayThrough,
  servedHosts,
} from '../gateway/index.ts';
import { INGEST_PIPELINE } from '../ingest/index.ts';
import { BATCH_WRITER, LogBatchServer } from '../writer/index.ts';
import { applications, PAGE_FOLDER } from './applications.ts';
import { startEmbeddedPostgres } from './postgres/embedded-postgres.ts';
import { reportPostgres } from './postgres/report.ts';
import { usableMemory } from './postgres/settings.ts';

/** Shares of the 10 s that a shutdown may take. */
const DRAIN_MS = 1_000;
const SERVER_CLOSE_MS = 2_300;
const STORE_CLOSE_MS = 500;
const POSTGRES_STOP_MS = 9_000;

/** Ingest, writer, gateway and keeper in one process, with a Postgres of its own unless a setting names another. */
export async function startStandalone(context: ProcessContext<'standalone'>): Promise<string> {
  const { settings, telemetry, health, steps } = context;
  const tls = await openServerTls(settings, context);
  const postgres = health.add('postgres', { required: true });
  const store = await openStore({
    url: settings.databaseUrl ?? (await embeddedPostgres(context)),
    partitionBy: settings.partitionBy,
    allowFsyncOff: settings.allowFsyncOff,
    writeConnections: settings.writeConnections,
    readConnections: settings.readConnections,
    telemetry,
  });
  postgres.up();
  steps.add('the store', STORE_CLOSE_MS * 2, () => store.close(STORE_CLOSE_MS));
  const { writer, url } = await serve(context, store, tls);
  health.watch(postgres, async () => {
    await store.writer.probe();
    // A store that answers may still refuse what it is given.
    if (writer.state !== 'closed')
      throw new Error('the last commit failed; events are held until Postgres takes them again');
  });
  return url;
}

async function embeddedPostgres({
  settings,
  telemetry,
  steps,
}: ProcessContext<'standalone'>): Promise<string> {
  const postgres = await startEmbeddedPostgres({
    dataFolder: settings.dataDir ?? join(projectFolder(), '.data'),
    database: 'penstock',
    memoryBytes: usableMemory(process.constrainedMemory(), totalmem()),
    fsync: true,
    report: reportPostgres(telemetry),
  });
  steps.add('Postgres', POSTGRES_STOP_MS, () => postgres.stop());
  return postgres.url;
}

async function serve(
  context: ProcessContext<'standalone'>,
  store: Store,
  tls: ServerTls | null,
): Promise<{ readonly writer: BatchWriter; readonly url: string }> {
  const { settings, telemetry, health, steps } = context;
  const queue = new InProcessQueue({ maxBytes: settings.queueBytes });
  observeDepth(telemetry, queue);
  let pipeline: IngestPipeline | null = null;
  let writer: BatchWriter | null = null;
  const heartbeat = announceProcess(context, {
    kind: 'standalone',
    pool: store.healthPool,
    queue,
    writer: () => writer?.figures ?? null,
  });
  const watch = watchPipeline({
    pool: store.healthPool,
    telemetry,
    self: heartbeat.id,
    indexLag: () => readIndexLag(store.healthPool),
  });
  steps.add('the watch of processes', 100, () => watch.close());
  const senders = openSenders(context, {
    pool: store.healthPool,
    openByDefault: listensOnLoopback(settings.httpHost),
  });
  const mode = accessMode(settings.auth, settings.httpHost);
  const access = await openAccess({ mode, settings, store, telemetry });
  const storage = await openColumnarStorage(context);
  const module = applications({
    settings,
    store,
    access,
    queue,
    telemetry,
    senders,
    replay: replayThrough(() => pipeline as IngestPipeline),
    health: watch,
    index: openSearchIndex({ settings, health }),
    columnar: await openColumnarReader(storage, context),
    archive: await openArchive(storage, context),
    drainMs: DRAIN_MS,
  });
  const options = {
    port: settings.httpPort,
    host: settings.httpHost,
    portSetting: '--port',
    tls,
    allowedHosts: servedHosts(settings),
    trustedProxies: settings.trustedProxies,
    anybodyMay: anybodyMay({ read: mode === 'off', send: senders === OPEN_TO_ALL }),
    closeMs: SERVER_CLOSE_MS,
    configure: (app: NestFastifyApplication) => configureGateway(app, { pageFolder: PAGE_FOLDER }),
    beforeListen: async (app: NestFastifyApplication) => {
      pipeline = app.get<IngestPipeline>(INGEST_PIPELINE, { strict: false });
      writer = app.get<BatchWriter>(BATCH_WRITER, { strict: false });
      app.connectMicroservice({ strategy: new LogBatchServer(queue, GROUP_DEFAULTS) });
      await app.startAllMicroservices();
    },
  };
  const { app, url } = await serveHttp(module, options, { telemetry, health }, steps);
  return { writer: app.get<BatchWriter>(BATCH_WRITER, { strict: false }), url };
}

function anybodyMay({ read, send }: { read: boolean; send: boolean }): string | null {
  const words = [...(read ? ['read all logs'] : []), ...(send ? ['send logs'] : [])];
  return words.length === 0 ? null : words.join(' and ');
}
