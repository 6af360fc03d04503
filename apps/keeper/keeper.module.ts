import { randomInt } from 'node:crypto';
import {
  Inject,
  Injectable,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { createExpireAccess, expireTokenUsage } from '#access';
import { createArchiveJob, type ArchiveParts } from '#columnar';
import { systemClock } from '#event';
import { createIndexFeeder, MAX_SEAL, type FeedSettings, type IndexWriter } from '#index';
import {
  buildFilters,
  createFoldGroups,
  createRetention,
  createSummariseBrin,
  expireHeartbeats,
  expireLedger,
  JobRunner,
  mergeRemainders,
  mergeRollups,
  type Job,
  type RetentionPolicy,
  type Store,
} from '#store';
import type { Telemetry } from '#telemetry';

/** What the keeper is given, already open. */
export interface KeeperParts {
  readonly store: Pick<Store, 'jobPool'>;
  readonly telemetry: Telemetry;
  readonly retention: RetentionPolicy;
  /** How long the audit log is kept, in ms. */
  readonly auditKeepMs: number;
  /** Null: there is no search index to feed. */
  readonly index: FedIndex | null;
  /** Null: all events stay rows. */
  readonly columnar: ArchiveParts | null;
}

export interface FedIndex {
  readonly writer: IndexWriter;
  readonly settings: FeedSettings;
}

const KEEPER_PARTS = Symbol('KeeperParts');

/** Runs the background jobs of the store while the application runs. */
@Injectable()
class KeeperLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly parts: KeeperParts;
  private readonly runner: JobRunner;

  constructor(@Inject(KEEPER_PARTS) parts: KeeperParts) {
    this.parts = parts;
    const { store, telemetry } = parts;
    this.runner = new JobRunner({ pool: store.jobPool, telemetry, random: Math.random });
  }

  onApplicationBootstrap(): void {
    const { retention, auditKeepMs, telemetry, index, columnar } = this.parts;
    this.runner.start([
      createFoldGroups(),
      mergeRollups,
      mergeRemainders,
      buildFilters,
      createSummariseBrin(),
      createRetention({ policy: retention, clock: systemClock, telemetry }),
      expireLedger,
      expireHeartbeats,
      expireTokenUsage,
      createExpireAccess({ clock: systemClock, auditKeepMs }),
      ...(index === null ? [] : [this.feeder(index)]),
      ...(columnar === null ? [] : [createArchiveJob(columnar)]),
    ]);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.runner.close();
  }

  private feeder({ writer, settings }: FedIndex): Job {
    const { telemetry } = this.parts;
    return createIndexFeeder({
      index: writer,
      settings,
      telemetry,
      clock: systemClock,
      newSeal: () => randomInt(1, MAX_SEAL + 1),
    });
  }
}

/** The keeper, for any Nest application. */
@Module({})
export class KeeperModule {
  static register(parts: KeeperParts): DynamicModule {
    return {
      module: KeeperModule,
      providers: [{ provide: KEEPER_PARTS, useValue: parts }, KeeperLifecycle],
    };
  }
}
