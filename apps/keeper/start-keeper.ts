import { NestFactory } from '@nestjs/core';
import {
  announceProcess,
  nestOptions,
  openArchive,
  openColumnarStorage,
  openProcessStore,
  openSearchIndex,
  serveOperations,
  type ProcessContext,
} from '#process';
import { fedIndex } from './fed-index.ts';
import { KeeperModule } from './keeper.module.ts';
import { retentionPolicy } from './retention-policy.ts';

/** A job ends at its next step; what it had begun is rolled back. */
const JOBS_CLOSE_MS = 10_000;
const STORE_CLOSE_MS = 2_000;

/** The background jobs as a process of their own. Several may run: each job runs in one of them. */
export async function startKeeper(context: ProcessContext<'keeper'>): Promise<string> {
  const { settings, telemetry, health, steps, stopping } = context;
  const postgres = health.add('postgres', { required: true });
  const index = fedIndex(settings, openSearchIndex({ settings, health }));
  const archive = await openArchive(await openColumnarStorage(context), context);
  const retention = retentionPolicy(settings);
  const operations = await serveOperations(
    { telemetry, health },
    { port: settings.operationsPort, host: settings.httpHost, portSetting: 'OPERATIONS_PORT' },
  );
  steps.add('the operations server', 1_000, () => operations.close());
  const store = await openProcessStore({ settings, postgres, telemetry, stopping });
  steps.add('the store', STORE_CLOSE_MS * 2, () => store.close(STORE_CLOSE_MS));
  health.watch(postgres, () => store.writer.probe());
  announceProcess(context, { kind: 'keeper', pool: store.healthPool });
  const app = await NestFactory.createApplicationContext(
    KeeperModule.register({
      store,
      telemetry,
      retention,
      auditKeepMs: settings.auditKeep,
      index,
      columnar: archive && { ...archive, retention },
    }),
    nestOptions(telemetry, {}),
  );
  steps.add('the jobs', JOBS_CLOSE_MS, () => app.close());
  return operations.url;
}
