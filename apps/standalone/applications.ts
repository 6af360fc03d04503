import { join } from 'node:path';
import type { DynamicModule } from '@nestjs/common';
import { PostgresIngestTokens, type Senders } from '#access';
import { listSegments, type ArchiveParts, type ColumnarReader } from '#columnar';
import type { ProcessSettings } from '#config';
import { ADMISSION_DEFAULTS } from '#delivery';
import { systemClock } from '#event';
import { projectFolder, type OpenedIndex } from '#process';
import type { LogQueue } from '#queue';
import { createSearchService, SearchAccess } from '#search';
import type { Store } from '#store';
import type { Telemetry } from '#telemetry';
import {
  DEFAULT_GATEWAY_SETTINGS,
  GatewayModule,
  type AccessParts,
  type HealthSource,
  type Replay,
} from '../gateway/index.ts';
import { IngestModule } from '../ingest/index.ts';
import { fedIndex, KeeperModule, retentionPolicy } from '../keeper/index.ts';
import { WriterModule } from '../writer/index.ts';
import { StandaloneModule } from './standalone.module.ts';

export interface ApplicationParts {
  readonly settings: ProcessSettings<'standalone'>;
  readonly store: Store;
  readonly access: AccessParts;
  readonly queue: LogQueue;
  readonly telemetry: Telemetry;
  /** Who may send. */
  readonly senders: Senders;
  readonly replay: Replay;
  readonly health: HealthSource;
  /** Null: everything is searched in Postgres. */
  readonly index: OpenedIndex | null;
  /** Null: all events are in Postgres. */
  readonly columnar: ColumnarReader | null;
  /** Null: all events stay in Postgres. */
  readonly archive: Omit<ArchiveParts, 'retention'> | null;
  /** Longest wait at shutdown for what was accepted, for ingest and for the queue each, in ms. */
  readonly drainMs: number;
}

export const PAGE_FOLDER = join(projectFolder(), 'dist/ui/browser');

/** Ingest, writer, gateway and keeper around one queue inside the process. */
export function applications(parts: ApplicationParts): DynamicModule {
  const {
    settings,
    store,
    access,
    queue,
    telemetry,
    senders,
    replay,
    health,
    index,
    columnar,
    archive,
    drainMs,
  } = parts;
  const retention = retentionPolicy(settings);
  return StandaloneModule.register({ queue, drainMs }, [
    IngestModule.register({
      queue,
      ledger: store.ledger,
      telemetry,
      senders,
      settings: {
        drainMs,
        pipeline: { admission: { ...ADMISSION_DEFAULTS, maxBytes: settings.ingestBytesInFlight } },
      },
    }),
    WriterModule.register({ store, telemetry }),
    GatewayModule.register({
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
      health,
      segments: (range) => listSegments(store.readPool, range),
      telemetry,
      clock: systemClock,
      settings: {
        ...DEFAULT_GATEWAY_SETTINGS,
        concurrentReads: settings.readConnections,
        pageFolder: PAGE_FOLDER,
      },
    }),
    KeeperModule.register({
      store,
      telemetry,
      retention,
      auditKeepMs: settings.auditKeep,
      index: fedIndex(settings, index),
      columnar: archive && { ...archive, retention },
    }),
  ]);
}
