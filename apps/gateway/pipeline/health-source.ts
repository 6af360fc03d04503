import type { PipelineHealth, PipelineNews } from '#store';

/** Where the health of the pipeline comes from. Excluded: how it is found out. */
export interface HealthSource {
  /** What is known now; never rejects for a store that is away. */
  current(): Promise<PipelineHealth>;
  /** The state at once, then what changes, until the signal ends it. */
  follow(signal: AbortSignal): AsyncGenerator<readonly PipelineNews[]>;
}
