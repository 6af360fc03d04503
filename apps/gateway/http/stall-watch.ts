import type { ServerResponse } from 'node:http';

/**
 * Closes a response whose client does not read: when bytes have been waiting for it for `limitMs` without any
 * progress. Bytes are bounded all the while, for the source waits too.
 */
export function cutOffWhenStalled(
  response: ServerResponse,
  limitMs: number,
  onCutOff: () => void,
): void {
  let stalledChecks = 0;
  const checks = 4;
  const timer = setInterval(() => {
    stalledChecks = response.writableNeedDrain ? stalledChecks + 1 : 0;
    if (stalledChecks < checks) return;
    clearInterval(timer);
    onCutOff();
    response.destroy();
  }, limitMs / checks);
  response.on('drain', () => {
    stalledChecks = 0;
  });
  response.once('close', () => {
    clearInterval(timer);
  });
}
