import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Telemetry } from '../telemetry.ts';
import { collectorBack, collectorLost, spansExported } from './events.ts';

type Done = Parameters<SpanExporter['export']>[1];

/** Counts what is exported, and says once that the collector is away. */
export class ReportingExporter implements SpanExporter {
  private readonly inner: SpanExporter;
  private readonly telemetry: Telemetry;
  private isAway = false;

  constructor(inner: SpanExporter, telemetry: Telemetry) {
    this.inner = inner;
    this.telemetry = telemetry;
  }

  export(spans: ReadableSpan[], done: Done): void {
    this.inner.export(spans, (result) => {
      const isTaken = result.error === undefined;
      this.telemetry.emit(spansExported, {
        spans: spans.length,
        outcome: isTaken ? 'exported' : 'lost',
      });
      this.report(isTaken ? null : (result.error?.message ?? 'no reason given'));
      done(result);
    });
  }

  shutdown(): Promise<void> {
    return this.inner.shutdown();
  }

  forceFlush(): Promise<void> {
    return this.inner.forceFlush?.() ?? Promise.resolve();
  }

  private report(failure: string | null): void {
    if (failure !== null && !this.isAway) this.telemetry.emit(collectorLost, { reason: failure });
    if (failure === null && this.isAway) this.telemetry.emit(collectorBack, {});
    this.isAway = failure !== null;
  }
}
