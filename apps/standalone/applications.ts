import { join } from 'node:path';
import type { DynamicModule } from '@nestjs/common';
import type { Settings } from '#config';
import { ADMISSION_DEFAULTS, type BreakerState } from '#delivery';
import { systemClock } from '#event';
import { InProcessQueue } from '#queue';
import { createSearchService } from '#search';
import type { Store } from '#store';
import type { Telemetry } from '#telemetry';
import { DEFAULT_GATEWAY_SETTINGS, GatewayModule, type Replay } from '../gateway/index.ts';
import { IngestModule } from '../ingest/index.ts';
import { KeeperModule } from '../keeper/index.ts';
import { WriterModule } from '../writer/index.ts';
import { projectFolder } from './project-folder.ts';
import { retentionPolicy } from './retention-policy.ts';
import { storeReadiness, writerReadiness } from './store-readiness.ts';
import { StandaloneModule } from './standalone.module.ts';

export interface ApplicationParts {
  readonly settings: Settings;
  readonly store: Store;
  readonly telemetry: Telemetry;
  readonly replay: Replay;
  /** Whether the writer's last commit went through. */
  readonly writerState: () => BreakerState;
  /** Longest wait at shutdown for what was accepted, for ingest and for the queue each, in ms. */
  readonly drainMs: number;
}

export const PAGE_FOLDER = join(projectFolder(), 'dist/ui/browser');

/** Ingest, writer, gateway and keeper around one queue inside the process. */
export function applications(parts: ApplicationParts): DynamicModule {
  const { settings, store, telemetry, replay, drainMs } = parts;
  const queue = new InProcessQueue({ maxBytes: settings.queueBytes });
  return StandaloneModule.register([
    IngestModule.register({
      queue,
      ledger: store.ledger,
      telemetry,
      readiness: [storeReadiness(() => store.writer.probe()), writerReadiness(parts.writerState)],
      settings: {
        drainMs,
        pipeline: { admission: { ...ADMISSION_DEFAULTS, maxBytes: settings.ingestBytesInFlight } },
      },
    }),
    WriterModule.register({ queue, store, telemetry, drainMs }),
    GatewayModule.register({
      search: createSearchService({
        pool: store.readPool,
        telemetry,
        skipIndexBytes: settings.skipIndexBytes,
      }),
      quarantine: store.quarantine,
      replay,
      telemetry,
      clock: systemClock,
      settings: {
        ...DEFAULT_GATEWAY_SETTINGS,
        concurrentReads: settings.readConnections,
        pageFolder: PAGE_FOLDER,
      },
    }),
    KeeperModule.register({ store, telemetry, retention: retentionPolicy(settings) }),
  ]);
}
