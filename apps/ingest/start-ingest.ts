import type { Pool } from 'pg';
import { OPEN_TO_ALL } from '#access';
import { ADMISSION_DEFAULTS, type BatchLedger } from '#delivery';
import {
  announceProcess,
  openProcessQueue,
  openSenders,
  openServerTls,
  serveHttp,
  type ProcessContext,
} from '#process';
import { openHealthPool, openLedger } from '#store';
import { answerUnknownPaths } from './http/unknown-path.ts';
import { IngestModule } from './ingest.module.ts';
import { withSpool } from './with-spool.ts';

/** Requests that were admitted wait for so long for their outcome; then they are told that it is unknown. */
const DRAIN_MS = 10_000;
const SERVER_CLOSE_MS = DRAIN_MS + 2_000;
const QUEUE_CLOSE_MS = 1_000;
const LEDGER_CLOSE_MS = 500;

/** Ingest as a process of its own: publishes into RabbitMQ, and asks the ledger where Postgres is named. */
export async function startIngest(context: ProcessContext<'ingest'>): Promise<string> {
  const { settings, telemetry, health, steps } = context;
  const tls = await openServerTls(settings, context);
  const rabbitmq = health.add('rabbitmq', { required: settings.spoolFolder === null });
  const ledger = ledgerOf(context);
  const pool = smallPool(context);
  const senders = openSenders(context, { pool, openByDefault: false });
  const queue = await openProcessQueue(context, {
    url: settings.rabbitmqUrl,
    use: 'publishing',
    rabbitmq,
    closeMs: QUEUE_CLOSE_MS,
  });
  if (pool !== null) announceProcess(context, { kind: 'ingest', pool, queue });
  const module = IngestModule.register({
    queue: await withSpool(queue, context),
    ledger,
    telemetry,
    senders,
    settings: {
      drainMs: DRAIN_MS,
      pipeline: { admission: { ...ADMISSION_DEFAULTS, maxBytes: settings.ingestBytesInFlight } },
    },
  });
  const { url } = await serveHttp(
    module,
    {
      port: settings.httpPort,
      host: settings.httpHost,
      portSetting: 'HTTP_PORT',
      tls,
      allowedHosts: settings.allowedHosts,
      anybodyMay: senders === OPEN_TO_ALL ? 'send logs' : null,
      closeMs: SERVER_CLOSE_MS,
      configure: (app) => {
        answerUnknownPaths(app.getHttpAdapter().getInstance());
        return Promise.resolve();
      },
    },
    { telemetry, health },
    steps,
  );
  return url;
}

/** Without Postgres nothing is remembered here: the writer finds repeated batches, and conflicts of keys. */
const NO_LEDGER: BatchLedger = { find: () => Promise.resolve(new Map()) };

function ledgerOf({ settings, telemetry, health, steps }: ProcessContext<'ingest'>): BatchLedger {
  if (settings.databaseUrl === null) return NO_LEDGER;
  const postgres = health.add('postgres', { required: false });
  const { ledger, probe, close } = openLedger({ url: settings.databaseUrl, telemetry });
  steps.add('the ledger', LEDGER_CLOSE_MS * 2, () => close(LEDGER_CLOSE_MS));
  health.watch(postgres, probe);
  return ledger;
}

/** Connections for heartbeats and tokens; null without Postgres. */
function smallPool({ settings, telemetry, steps }: ProcessContext<'ingest'>): Pool | null {
  if (settings.databaseUrl === null) return null;
  const connections = openHealthPool({ url: settings.databaseUrl, telemetry });
  steps.add('the connections for heartbeats', LEDGER_CLOSE_MS * 2, () =>
    connections.close(LEDGER_CLOSE_MS),
  );
  return connections.pool;
}
