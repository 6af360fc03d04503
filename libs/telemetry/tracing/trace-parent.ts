import type { SpanContext } from '@opentelemetry/api';
import type { TraceParent } from './tracing.ts';

/** https://www.w3.org/TR/trace-context/#traceparent-header; a later version may append members. */
const FORMAT =
  /^(?<version>[0-9a-f]{2})-(?<traceId>[0-9a-f]{32})-(?<spanId>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})(?<more>-.*)?$/;
const ZEROS = /^0+$/;
const MOST_CHARACTERS = 256;
const SAMPLED = 1;

interface Members {
  readonly version: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: string;
  readonly more?: string;
}

/** Reads a header that anybody may have sent; null where it is none. */
export function readTraceParent(text: unknown): SpanContext | null {
  if (typeof text !== 'string' || text.length > MOST_CHARACTERS) return null;
  const members = FORMAT.exec(text.trim())?.groups as Members | undefined;
  if (members === undefined || !isValid(members)) return null;
  const { traceId, spanId, flags } = members;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & SAMPLED, isRemote: true };
}

function isValid({ version, traceId, spanId, more }: Members): boolean {
  if (ZEROS.test(traceId) || ZEROS.test(spanId)) return false;
  return version === '00' ? more === undefined : version !== 'ff';
}

export function writeTraceParent({ traceId, spanId, traceFlags }: SpanContext): TraceParent {
  return `00-${traceId}-${spanId}-0${traceFlags & SAMPLED}`;
}
