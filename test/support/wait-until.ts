import { setTimeout as delay } from 'node:timers/promises';

const STEP_MS = 10;

/** Resolves once the condition holds; rejects, naming what was waited for, when it does not in time. */
export async function waitUntil(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 30_000,
  stepMs = STEP_MS,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await delay(stepMs);
  }
}
