import type { Sender } from '#access';
import type { IntakeFormat } from '#intake';

/** Where a request came from, for its trace. */
export interface RequestSource {
  /** Method and path, `POST /logs`. */
  readonly call: string;
  /** The header `traceparent` as it was sent. */
  readonly traceParent: string | undefined;
}

/** One ingest request, whichever transport brought it. */
export interface IngestRequest {
  /** Inflated. */
  readonly body: Buffer;
  readonly contentType: string | undefined;
  readonly format: IntakeFormat;
  /** The Idempotency-Key as it was sent. */
  readonly idempotencyKey: string | undefined;
  /** Whose keys they are, and what may be sent. */
  readonly sender: Sender;
  /** Absent where nobody sent it, as for a replay. */
  readonly source?: RequestSource;
}
