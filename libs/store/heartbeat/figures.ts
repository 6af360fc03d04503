/** Per second, over the last 10 s and the last minute (over the life of a younger process). */
export interface Rate {
  readonly last10s: number;
  readonly last1m: number;
}

/** What a process sees of the queue. */
export interface QueueFigures {
  /** Batches that no writer holds. */
  readonly ready: number;
  /** Batches that this process has in its hands and that are not settled. */
  readonly unsettled: number;
  /** Bytes of both, as far as this process knows them. */
  readonly bytes: number;
}

export interface WriterFigures {
  readonly heldBatches: number;
  /** Age in s of the oldest batch that it was given and has not written; null where there is none. */
  readonly oldestSeconds: number | null;
  /** `closed` is the good state: the store takes batches. */
  readonly breaker: string;
}

/** Something that the process needs and cannot reach. */
export interface AwayDependency {
  /** `postgres`, `rabbitmq`, `meilisearch`. */
  readonly name: string;
  readonly reason: string;
  readonly forSeconds: number;
}

/** What a process tells at a heartbeat, by the part that it plays; an absent member is not its part, or not known now. */
export interface ProcessMeasures {
  /** Since its start: events acknowledged, their bytes, events committed. */
  readonly totals?: {
    readonly ingestEvents?: number;
    readonly ingestBytes?: number;
    readonly storedEvents?: number;
  };
  readonly queue?: QueueFigures;
  readonly writer?: WriterFigures;
  readonly away?: readonly AwayDependency[];
}

/** What is kept of a process: its measures, with rates in place of totals. */
export interface ProcessFigures extends Omit<ProcessMeasures, 'totals'> {
  readonly ingestEvents?: Rate;
  readonly ingestBytes?: Rate;
  readonly storedEvents?: Rate;
}
