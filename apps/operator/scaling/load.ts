/** The load of the writers at a moment, in events. */
export interface Load {
  /** Events per second that come into the queue. */
  readonly publishRate: number;
  /** Events per second that writers have stored and acknowledged. */
  readonly ackRate: number;
  /** Events in the queue: those that wait, and those that writers hold without having acknowledged them. */
  readonly backlog: number;
  /** Writers that are ready. */
  readonly readyWriters: number;
}

/** What the number of writers is to keep to. */
export interface SizingSettings {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Time in which a backlog is to be drained. */
  readonly targetDrainSeconds: number;
  /** Events that a writer stores in a second, until it is measured. */
  readonly eventsPerSecondPerReplica: number;
  readonly scaleDownStabilizationSeconds: number;
  /** Most writers for whom Postgres has connections; infinite where that is not known. */
  readonly connectionLimit: number;
}

/** Why there are as many writers as there are. */
export type SizingReason =
  /** As many as the load needs. */
  | 'Steady'
  | 'ScalingUp'
  | 'ScalingDown'
  /** Fewer would be enough, but not for long enough yet. */
  | 'Stabilizing'
  /** More are needed; those that were added before are not ready yet. */
  | 'WritersStarting'
  /** More are needed than maxReplicas. */
  | 'AtMaximum'
  /** More are needed than Postgres has connections for. */
  | 'ConnectionLimit'
  /** The last ones that were added did not raise the rate: Postgres is the limit. */
  | 'DownstreamSaturated'
  /** The load is not known, so nothing changes. */
  | 'MetricsStale';

/** Reasons for which more writers are wanted than there may be. */
export const LIMITING: readonly SizingReason[] = [
  'AtMaximum',
  'ConnectionLimit',
  'DownstreamSaturated',
];
