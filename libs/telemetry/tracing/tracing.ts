/**
 * A place in a trace, as the text of the W3C header `traceparent`. It is the only thing of a trace that travels: from a
 * request into its batches, and in the headers of messages.
 */
export type TraceParent = string;

export type SpanKind = 'server' | 'producer' | 'consumer';
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanStart {
  readonly name: string;
  readonly kind: SpanKind;
  /** What caused it: one is its parent, the others are linked. Nothing: it begins a trace. */
  readonly causes: readonly TraceParent[];
  readonly attributes?: SpanAttributes;
}

export interface SpanEnd {
  readonly attributes?: SpanAttributes;
  /** Why it failed; absent where it did not. */
  readonly error?: string;
}

/** Something that is being done, from its begin to its end. */
export interface TraceSpan {
  /** For what it causes; null where nothing is recorded at all. */
  readonly traceParent: TraceParent | null;
  end(end?: SpanEnd): void;
}

/** Records who caused what, and how long it took. Excluded: where traces go, which of them are recorded. */
export interface Tracing {
  /** False where nothing is recorded at all, so that nothing needs to be prepared for it. */
  readonly enabled: boolean;
  begin(start: SpanStart): TraceSpan;
}

const UNRECORDED: TraceSpan = { traceParent: null, end: () => undefined };

export const NO_TRACING: Tracing = { enabled: false, begin: () => UNRECORDED };
