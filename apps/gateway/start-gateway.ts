import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { PostgresIngestTokens } from '#access';
import { listSegments } from '#columnar';
import { systemClock } from '#event';
import {
  announceProcess,
  openBehindProbes,
  openColumnarReader,
  openColumnarStorage,
  openProcessStore,
  openSearchIndex,
  openServerTls,
  projectFolder,
  serveHttp,
  type ProcessContext,
} from '#process';
import { createSearchService, SearchAccess } from '#search';
import { readIndexLag, watchPipeline } from '#store';
import { openAccess } from './access/open-access.ts';
import { servedHosts } from './access/served-hosts.ts';
import { configureGateway } from './configure-gateway.ts';
import { DEFAULT_GATEWAY_SETTINGS } from './gateway-settings.ts';
import { GatewayModule } from './gateway.module.ts';
import { openReplay } from './quarantine/open-replay.ts';

/** Answers that are under way may be finished for so long; exports and tails are cut off then. */
const SERVER_CLOSE_MS = 10_000;
const STORE_CLOSE_MS = 1_000;
const PAGE_FOLDER = join(projectFolder(), 'dist/ui/browser');

/** The query API and the page as a process of their own. */
export async function startGateway(context: ProcessContext<'gateway'>): Promise<string> {
  const { settings, telemetry, health, steps, stopping } = context;
  const tls = await openServerTls(settings, context);
  const postgres = health.add('postgres', { required: true });
  const columnar = await openColumnarReader(await openColumnarStorage(context), context);
  const listening = {
    port: settings.gatewayPort,
    host: settings.httpHost,
    portSetting: 'GATEWAY_PORT',
    tls,
  };
  const { opened: store, port } = await openBehindProbes({ telemetry, health }, listening, () =>
    openProcessStore({
      settings,
      postgres,
      telemetry,
      stopping,
      more: { readConnections: settings.readConnections },
    }),
  );
  steps.add('the store', STORE_CLOSE_MS * 2, () => store.close(STORE_CLOSE_MS));
  health.watch(postgres, () => store.writer.probe());
  const heartbeat = announceProcess(context, { kind: 'gateway', pool: store.healthPool });
  const watch = watchPipeline({
    pool: store.healthPool,
    telemetry,
    self: heartbeat.id,
    indexLag: () => readIndexLag(store.healthPool),
  });
  steps.add('the watch of processes', 100, () => watch.close());
  const index = openSearchIndex({ settings, health });
  const replay = await openReplay(context, store.ledger);
  const access = await openAccess({ mode: settings.auth ?? 'on', settings, store, telemetry });
  const module = GatewayModule.register({
    access,
    search: new SearchAccess(
      createSearchService({
        pool: store.readPool,
        telemetry,
        skipIndexBytes: settings.skipIndexBytes,
        followSkipIndex: true,
        columnar,
        wordIndex: index && { reader: index.index, prefix: index.prefix },
      }),
    ),
    quarantine: store.quarantine,
    searches: store.searches,
    tokens: new PostgresIngestTokens({ pool: store.accessPool, clock: systemClock }),
    replay,
    health: watch,
    segments: (range) => listSegments(store.readPool, range),
    telemetry,
    clock: systemClock,
    settings: {
      ...DEFAULT_GATEWAY_SETTINGS,
      concurrentReads: settings.readConnections,
      pageFolder: PAGE_FOLDER,
    },
  });
  const { url } = await serveHttp(
    module,
    {
      ...listening,
      port,
      allowedHosts: servedHosts(settings),
      trustedProxies: settings.trustedProxies,
      anybodyMay: access.mode === 'on' ? null : 'read all logs',
      closeMs: SERVER_CLOSE_MS,
      configure: (app: NestFastifyApplication) =>
        configureGateway(app, { pageFolder: PAGE_FOLDER }),
    },
    { telemetry, health },
    steps,
  );
  return url;
}
