import { constants } from 'node:os';

type ShutdownSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

const SIGNALS: readonly ShutdownSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const AT_ONCE_EXIT_CODE = 128 + constants.signals.SIGINT;

/**
 * Calls `stop` at the first signal, or when the process that started this one with a channel is gone. A second
 * signal ends the program at once with 130; what was accepted is safe, and the next start ends what stays behind.
 */
export function onShutdown(stop: (cause: string) => void): void {
  let stopping = false;
  const begin = (cause: string): void => {
    stopping = true;
    stop(cause);
  };
  for (const signal of SIGNALS)
    process.on(signal, () => {
      if (stopping) process.exit(AT_ONCE_EXIT_CODE);
      begin(signal);
    });
  process.once('disconnect', () => {
    if (!stopping) begin('the starting process is gone');
  });
}
