import { LIMITS } from '#event';
import type { IngestPipelineSettings } from '#delivery';

export interface IngestSettings {
  /** Most bytes of a body as it is sent. */
  readonly maxBodyBytes: number;
  /** Most bytes of a body after inflation. */
  readonly maxInflatedBytes: number;
  /** Longest time for a body to arrive, in ms. */
  readonly bodyTimeoutMs: number;
  /** Longest wait at shutdown for what was admitted, in ms. */
  readonly drainMs: number;
  readonly pipeline: Partial<IngestPipelineSettings>;
}

export const INGEST_DEFAULTS: IngestSettings = {
  maxBodyBytes: LIMITS.bodyBytes,
  maxInflatedBytes: LIMITS.inflatedBytes,
  bodyTimeoutMs: 30_000,
  drainMs: 4_000,
  pipeline: {},
};
