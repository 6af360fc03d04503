import { totalmem } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Settings } from '#config';
import type { BatchWriter, IngestPipeline } from '#delivery';
import { openStore, type Store } from '#store';
import { collectProcessMetrics, type Telemetry } from '#telemetry';
import { configureGateway } from '../gateway/index.ts';
import { INGEST_PIPELINE } from '../ingest/index.ts';
import { BATCH_WRITER } from '../writer/index.ts';
import { applications, PAGE_FOLDER } from './applications.ts';
import { ClosingSteps } from './closing-steps.ts';
import { listen } from './http/listen.ts';
import { createServer } from './http/server.ts';
import { startEmbeddedPostgres } from './postgres/embedded-postgres.ts';
import { reportPostgres } from './postgres/report.ts';
import { projectFolder } from './project-folder.ts';
import { replayThrough } from './replay.ts';
import { listening, openToNetwork } from './telemetry.ts';

/** The running program. */
export interface Program {
  /** Where the page is. */
  readonly url: string;
  /** Refuses what comes, finishes what was accepted, stops everything: within 10 s. */
  close(): Promise<void>;
}

/** Shares of the 10 s that a shutdown may take. */
const DRAIN_MS = 1_500;
const SERVER_CLOSE_MS = 2_500;
const STORE_CLOSE_MS = 500;
const POSTGRES_STOP_MS = 9_000;

/** Starts everything; on failure closes again what was opened. */
export async function startProgram(settings: Settings, telemetry: Telemetry): Promise<Program> {
  const begun = performance.now();
  const steps = new ClosingSteps(telemetry);
  try {
    steps.add('process metrics', 100, collectProcessMetrics(telemetry));
    const databaseUrl =
      settings.databaseUrl ?? (await embeddedPostgres(settings, telemetry, steps));
    const store = await openStore({
      url: databaseUrl,
      partitionBy: settings.partitionBy,
      allowFsyncOff: settings.allowFsyncOff,
      writeConnections: settings.writeConnections,
      readConnections: settings.readConnections,
      telemetry,
    });
    steps.add('the store', STORE_CLOSE_MS * 2, () => store.close(STORE_CLOSE_MS));
    const url = await serve(settings, telemetry, store, steps);
    telemetry.emit(listening, { url, seconds: (performance.now() - begun) / 1_000 });
    return { url, close: () => steps.close() };
  } catch (error) {
    await steps.close();
    throw error;
  }
}

async function embeddedPostgres(
  settings: Settings,
  telemetry: Telemetry,
  steps: ClosingSteps,
): Promise<string> {
  const postgres = await startEmbeddedPostgres({
    dataFolder: settings.dataDir ?? join(projectFolder(), '.data'),
    database: 'penstock',
    memoryBytes: process.constrainedMemory() || totalmem(),
    fsync: true,
    report: reportPostgres(telemetry),
  });
  steps.add('Postgres', POSTGRES_STOP_MS, () => postgres.stop());
  return postgres.url;
}

async function serve(
  settings: Settings,
  telemetry: Telemetry,
  store: Store,
  steps: ClosingSteps,
): Promise<string> {
  const app = await createServer(
    applications({
      settings,
      store,
      telemetry,
      replay: replayThrough(() => app.get<IngestPipeline>(INGEST_PIPELINE, { strict: false })),
      writerState: () => app.get<BatchWriter>(BATCH_WRITER, { strict: false }).state,
      drainMs: DRAIN_MS,
    }),
    [...settings.allowedHosts, ...(settings.httpHost === null ? [] : [settings.httpHost])],
    telemetry,
  );
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  steps.add('open connections', 100, () => {
    fastify.server.closeAllConnections();
  });
  steps.add('the server', SERVER_CLOSE_MS, () => app.close());
  await configureGateway(app, { pageFolder: PAGE_FOLDER });
  await app.init();
  const { port, second } = await listen(fastify, {
    port: settings.httpPort,
    host: settings.httpHost,
  });
  if (second !== null)
    steps.add('the server over IPv6', 100, () => {
      second.close();
      second.closeIdleConnections();
    });
  if (settings.httpHost !== null && !isLoopback(settings.httpHost))
    telemetry.emit(openToNetwork, { host: settings.httpHost });
  return `http://${displayHost(settings.httpHost)}:${port}`;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function displayHost(host: string | null): string {
  if (host === null || host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
