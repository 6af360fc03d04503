import { StartupError, type ProcessContext } from '#process';
import { openSpool, type BatchPublisher, type OpenSpool } from '#queue';

/** The draining ends at once, but a disk may be slow. */
const SPOOL_CLOSE_MS = 3_000;

/**
 * The queue as it is, or where SPOOL_FOLDER is set behind a spool: RabbitMQ may be away then, and readiness asks the
 * spool instead. Throws StartupError where the folder cannot be used.
 */
export async function withSpool(
  publisher: BatchPublisher,
  { settings, telemetry, health, steps }: ProcessContext<'ingest'>,
): Promise<BatchPublisher> {
  const { spoolFolder: folder, spoolMaxBytes: maxBytes } = settings;
  if (folder === null) return publisher;
  let spool: OpenSpool;
  try {
    spool = await openSpool({ folder, maxBytes, publisher, telemetry });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartupError(`SPOOL_FOLDER cannot be used: ${reason}.`);
  }
  steps.add('the spool', SPOOL_CLOSE_MS, () => spool.close());
  health.watch(health.add('spool', { required: true }), () => {
    const reason = spool.readiness();
    return reason === null ? Promise.resolve() : Promise.reject(new Error(reason));
  });
  return spool.publisher;
}
