import type { Telemetry } from '#telemetry';
import { counterTotal } from './counter-total.ts';
import type { AwayDependency, ProcessMeasures, QueueFigures, WriterFigures } from './figures.ts';

/** The parts of a process that have something to tell; what it does not have is left out. */
export interface MeasuredParts {
  readonly telemetry: Telemetry;
  readonly queue?: { depth(): Promise<QueueFigures> };
  /** Null as long as it has not begun. */
  readonly writer?: () => WriterFigures | null;
  readonly away?: () => readonly AwayDependency[];
}

/** For `figures` of a heartbeat: totals out of the metrics of the process, and what its parts say. */
export function pipelineMeasures(parts: MeasuredParts): () => Promise<ProcessMeasures> {
  return async () => {
    const { telemetry, queue, writer, away } = parts;
    const [ingestEvents, ingestBytes, storedEvents, depth] = await Promise.all([
      counterTotal(telemetry, 'penstock_ingest_events_total'),
      counterTotal(telemetry, 'penstock_ingest_bytes_total'),
      counterTotal(telemetry, 'penstock_store_events_total'),
      // A queue that is away is told by `away`; the other figures are told all the same.
      queue?.depth().catch(() => null),
    ]);
    const writing = writer?.() ?? null;
    return {
      totals: { ingestEvents, ingestBytes, storedEvents },
      ...(depth && { queue: depth }),
      ...(writing && { writer: writing }),
      ...(away && { away: away() }),
    };
  };
}
