import { DestroyRef, Injectable, effect, inject, signal } from '@angular/core';
import { Session } from '../access/session.ts';
import { ApiClient } from '../api/api-client.ts';
import type { PipelineHealth } from './pipeline-health.ts';

const STREAM = '/api/v1/pipeline/health/stream';

/**
 * The health of the pipeline as it changes. A page that nobody looks at lets go of its stream: browsers keep at most
 * six connections to a server, over all tabs.
 */
@Injectable()
export class HealthFeed {
  readonly #client = inject(ApiClient);
  readonly #session = inject(Session);
  #stream: EventSource | null = null;
  readonly #hidden = signal(document.hidden);

  /** Null until it is known, and while the gateway cannot be reached. */
  readonly health = signal<PipelineHealth | null>(null);

  constructor() {
    const changed = (): void => {
      this.#hidden.set(document.hidden);
    };
    document.addEventListener('visibilitychange', changed);
    inject(DestroyRef).onDestroy(() => {
      document.removeEventListener('visibilitychange', changed);
      this.#close();
    });
    effect(() => {
      const wanted =
        !this.#hidden() && !this.#client.closed() && this.#session.may('pipeline:read');
      if (wanted) this.#open();
      else this.#close();
    });
  }

  #open(): void {
    if (this.#stream !== null) return;
    const stream = new EventSource(STREAM);
    stream.addEventListener('health', ({ data }: MessageEvent<string>) => {
      this.health.set(JSON.parse(data) as PipelineHealth);
    });
    stream.onerror = () => {
      this.health.set(null);
      // It is not tried again by itself after a refusal, as of a session that has ended.
      if (stream.readyState === EventSource.CLOSED) void this.#session.check();
    };
    this.#stream = stream;
  }

  #close(): void {
    this.#stream?.close();
    this.#stream = null;
  }
}
