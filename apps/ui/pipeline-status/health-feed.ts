import { DestroyRef, Injectable, inject, signal } from '@angular/core';
import type { PipelineHealth } from './pipeline-health.ts';

const STREAM = '/api/v1/pipeline/health/stream';

/**
 * The health of the pipeline as it changes. A page that nobody looks at lets go of its stream: browsers keep at most
 * six connections to a server, over all tabs.
 */
@Injectable()
export class HealthFeed {
  #stream: EventSource | null = null;

  /** Null until it is known, and while the gateway cannot be reached. */
  readonly health = signal<PipelineHealth | null>(null);

  constructor() {
    const changed = (): void => {
      if (document.hidden) this.#close();
      else this.#open();
    };
    document.addEventListener('visibilitychange', changed);
    inject(DestroyRef).onDestroy(() => {
      document.removeEventListener('visibilitychange', changed);
      this.#close();
    });
    changed();
  }

  #open(): void {
    if (this.#stream !== null) return;
    const stream = new EventSource(STREAM);
    stream.addEventListener('health', ({ data }: MessageEvent<string>) => {
      this.health.set(JSON.parse(data) as PipelineHealth);
    });
    stream.onerror = () => {
      this.health.set(null);
    };
    this.#stream = stream;
  }

  #close(): void {
    this.#stream?.close();
    this.#stream = null;
  }
}
