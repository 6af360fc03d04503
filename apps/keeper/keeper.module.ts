import {
  Inject,
  Injectable,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { systemClock } from '#event';
import {
  buildFilters,
  createFoldGroups,
  createRetention,
  createSummariseBrin,
  expireHeartbeats,
  expireLedger,
  JobRunner,
  mergeRollups,
  type RetentionPolicy,
  type Store,
} from '#store';
import type { Telemetry } from '#telemetry';

/** What the keeper is given, already open. */
export interface KeeperParts {
  readonly store: Pick<Store, 'jobPool'>;
  readonly telemetry: Telemetry;
  readonly retention: RetentionPolicy;
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
    const { retention, telemetry } = this.parts;
    this.runner.start([
      createFoldGroups(),
      mergeRollups,
      buildFilters,
      createSummariseBrin(),
      createRetention({ policy: retention, clock: systemClock, telemetry }),
      expireLedger,
      expireHeartbeats,
    ]);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.runner.close();
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
