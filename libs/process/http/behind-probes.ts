import type { OperationsParts } from '../operations.ts';
import type { ListenOptions } from './listen.ts';
import { serveOperations } from './operations-server.ts';

/**
 * Opens what a process needs before it can serve, which may take long, and answers probes meanwhile on the port that
 * it will serve; whatever else comes there is told by a 503 to try again. Resolves with the port that is now free.
 */
export async function openBehindProbes<Opened>(
  operations: OperationsParts,
  options: ListenOptions,
  open: () => Promise<Opened>,
): Promise<{ readonly opened: Opened; readonly port: number }> {
  const probes = await serveOperations(operations, options);
  try {
    return { opened: await open(), port: probes.port };
  } finally {
    await probes.close();
  }
}
