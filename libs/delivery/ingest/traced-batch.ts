import type { Batch } from '#event';
import type { Telemetry, TraceParent, TraceSpan } from '#telemetry';

/** The span of publishing a batch, and the batch that carries it to the writer. */
export function traced(
  batch: Batch,
  causes: readonly TraceParent[],
  { tracing }: Telemetry,
): { readonly span: TraceSpan; readonly batch: Batch } {
  const span = tracing.begin({
    name: 'publish batch',
    kind: 'producer',
    causes,
    attributes: {
      'messaging.operation.type': 'send',
      'messaging.message.id': batch.id,
      'messaging.message.body.size': batch.bytes,
      'penstock.batch.events': batch.events.length,
    },
  });
  const { traceParent } = span;
  return { span, batch: traceParent === null ? batch : { ...batch, traceParent } };
}
