import { setTimeout as delay } from 'node:timers/promises';

/** Resolves after so many ms, or when the signal aborts. Injected, so that tests need not wait. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

export const systemSleep: Sleep = async (ms, signal) => {
  // The timer must not keep a process alive that has nothing else to do.
  await delay(ms, undefined, { signal, ref: false }).catch(() => undefined);
};
