/** The broker cannot be used as it is configured; the message is one sentence for the person who starts the program. */
export class QueueRefusedError extends Error {
  override readonly name = 'QueueRefusedError';
  readonly permanent = true;
  readonly code: 'credentials' | 'virtual-host' | 'tls' | 'permission';

  constructor(code: QueueRefusedError['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** The broker does not answer now; the same call may succeed later. */
export class QueueUnavailableError extends Error {
  override readonly name = 'QueueUnavailableError';
  readonly permanent = false;
  readonly code = 'queue-unavailable';
}

/** A batch that no broker takes, whose limit is 16 MiB; batches are bounded far below it. */
export class BatchTooLargeError extends Error {
  override readonly name = 'BatchTooLargeError';
  readonly permanent = true;
  readonly code = 'batch-too-large';

  constructor(batchId: string, bytes: number, limit: number) {
    super(`the batch ${batchId} has ${bytes} bytes, and the broker takes messages of ${limit}`);
  }
}

/** What goes wrong with the broker's certificate, or ours, does not mend itself. */
const TLS_ERROR = /CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_VERIFY/;

/** Why a connection cannot be had until somebody changes something; null where it may come by itself. */
export function refusalOf(error: unknown, virtualHost: string): QueueRefusedError | null {
  if (error instanceof QueueRefusedError) return error;
  const message = messageOf(error);
  if (message.includes('ACCESS-REFUSED')) {
    return new QueueRefusedError(
      'credentials',
      'RabbitMQ refuses the user name or the password (RABBITMQ_URL, RABBITMQ_USERNAME, RABBITMQ_PASSWORD).',
      error,
    );
  }
  // The library tells no more than that the broker closed the connection instead of opening the virtual host.
  if (message.startsWith('Expected ConnectionOpenOk')) {
    return new QueueRefusedError(
      'virtual-host',
      `RabbitMQ does not open the virtual host "${virtualHost}": it does not exist, or the user may not use it.`,
      error,
    );
  }
  if (TLS_ERROR.test(codeOf(error))) {
    return new QueueRefusedError(
      'tls',
      `There is no TLS connection to RabbitMQ: ${tlsReasonOf(error)} (RABBITMQ_URL, RABBITMQ_CA_FILE, RABBITMQ_CERT_FILE, RABBITMQ_KEY_FILE).`,
      error,
    );
  }
  return null;
}

/** The message of OpenSSL's errors names threads and places in its source; the reason is what people can read. */
function tlsReasonOf(error: unknown): string {
  const hasReason = typeof error === 'object' && error !== null && 'reason' in error;
  return hasReason && typeof error.reason === 'string' ? error.reason : messageOf(error).trim();
}

/** An error by its shape: the network's errors may come from another realm, so `instanceof Error` does not tell. */
export function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('message' in error)) return String(error);
  // A refusal of all addresses of a host has a code and no message of its own.
  return String(error.message) || codeOf(error);
}

/** Reply code of the broker (404, 406 ...), or null. */
export function replyCodeOf(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'number' ? error.code : null;
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
