import type { PipelineHealth, PipelineNews } from '#store';

import { buildHealth } from '../../../libs/store/heartbeat/testing/build-process.ts';
import type { HealthSource } from '../pipeline/health-source.ts';

/** The health of no pipeline, as a test sets it. */
export class MemoryHealth implements HealthSource {
  health: PipelineHealth = buildHealth();
  followers = 0;
  private waiting: PipelineNews[] = [];
  private wake = Promise.withResolvers<undefined>();

  /** Tells whoever follows. */
  tell(...news: readonly PipelineNews[]): void {
    this.waiting.push(...news);
    this.wake.resolve(undefined);
  }

  current(): Promise<PipelineHealth> {
    return Promise.resolve(this.health);
  }

  async *follow(signal: AbortSignal): AsyncGenerator<readonly PipelineNews[]> {
    const aborted = new Promise<undefined>((resolve) => {
      signal.addEventListener('abort', () => {
        resolve(undefined);
      });
    });
    this.followers += 1;
    try {
      yield [{ kind: 'health', health: this.health }];
      for (;;) {
        await Promise.race([this.wake.promise, aborted]);
        if (signal.aborted) return;
        const news = this.waiting.splice(0);
        this.wake = Promise.withResolvers();
        yield news;
      }
    } finally {
      this.followers -= 1;
    }
  }
}
