/** Bounds of the gateway. */
export interface GatewaySettings {
  /** Searches, counts, histograms, facets … that run side by side; they share the database's connections. */
  readonly concurrentReads: number;
  /** Reads that wait for their turn, and how long. */
  readonly waitingReads: number;
  readonly readWaitMs: number;
  /** Exports and other uncapped answers that run side by side. */
  readonly concurrentExports: number;
  readonly concurrentTails: number;
  readonly concurrentHealthStreams: number;
  /** Between two comments of a stream without events. */
  readonly sseCommentMs: number;
  /** How long a stream may have bytes outstanding that its client does not read. */
  readonly sseStallMs: number;
  /** How often it is asked whether whoever follows a stream still may. */
  readonly identityCheckMs: number;
  /** Folder of the built page. */
  readonly pageFolder: string;
}

export const DEFAULT_GATEWAY_SETTINGS: Omit<GatewaySettings, 'pageFolder'> = {
  concurrentReads: 8,
  waitingReads: 64,
  readWaitMs: 5_000,
  concurrentExports: 4,
  concurrentTails: 200,
  concurrentHealthStreams: 200,
  sseCommentMs: 15_000,
  sseStallMs: 10_000,
  identityCheckMs: 10_000,
};
