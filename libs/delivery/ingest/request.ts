import type { IntakeFormat } from '#intake';

/** One ingest request, whichever transport brought it. */
export interface IngestRequest {
  /** Inflated. */
  readonly body: Buffer;
  readonly contentType: string | undefined;
  readonly format: IntakeFormat;
  /** The Idempotency-Key as it was sent. */
  readonly idempotencyKey: string | undefined;
  /** Whose keys they are: the id of the sender's token, or `anonymous`. */
  readonly sender: string;
}
