import type { Batch } from '#event';
import type { BatchDisposition } from '#queue';
import type { Telemetry, TraceSpan } from '#telemetry';

/** The spans of writing the batches of a group, each in the trace of its own publish. */
export class TracedGroup {
  private readonly spans: readonly (TraceSpan | null)[];

  constructor(batches: readonly Batch[], { tracing }: Telemetry) {
    this.spans = tracing.enabled
      ? batches.map(({ id, traceParent, events }) =>
          traceParent === undefined
            ? null
            : tracing.begin({
                name: 'commit batch',
                kind: 'consumer',
                causes: [traceParent],
                attributes: {
                  'messaging.operation.type': 'process',
                  'messaging.message.id': id,
                  'penstock.batch.events': events.length,
                  'penstock.group.batches': batches.length,
                },
              }),
        )
      : [];
  }

  settled(dispositions: readonly BatchDisposition[]): void {
    this.spans.forEach((span, i) => {
      span?.end({ attributes: { 'penstock.batch.disposition': dispositions[i] ?? 'unknown' } });
    });
  }

  /** They come again, as spans of their own. */
  failed(error: string): void {
    for (const span of this.spans) span?.end({ error });
  }
}
