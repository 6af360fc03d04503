import {
  Inject,
  Injectable,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
} from '@nestjs/common';
import type { LogQueue } from '#queue';

export interface QueueDrainParts {
  readonly queue: LogQueue;
  /** Longest wait at shutdown for what the queue has admitted, in ms. */
  readonly drainMs: number;
}

const QUEUE_DRAIN_PARTS = Symbol('QueueDrainParts');

/**
 * Empties the queue through the running writer: after ingest has drained, which is an earlier phase of the shutdown,
 * and before the writer's transport ends, which is a later one.
 */
@Injectable()
class QueueDrain implements BeforeApplicationShutdown {
  private readonly parts: QueueDrainParts;

  constructor(@Inject(QUEUE_DRAIN_PARTS) parts: QueueDrainParts) {
    this.parts = parts;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.parts.queue.close(this.parts.drainMs);
  }
}

/** All apps in one process. */
@Module({})
export class StandaloneModule {
  static register(parts: QueueDrainParts, apps: readonly DynamicModule[]): DynamicModule {
    return {
      module: StandaloneModule,
      imports: [...apps],
      providers: [{ provide: QUEUE_DRAIN_PARTS, useValue: parts }, QueueDrain],
    };
  }
}
