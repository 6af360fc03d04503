import type { BreakerState } from '#delivery';

/** Longest wait for the store's answer: the callers of probes give up soon themselves. */
const WAIT_MS = 2_000;

/**
 * Why the store cannot be used now, or null when it can. It is asked one question at a time: a server that hangs must
 * not get a connection more with every call.
 */
export function storeReadiness(
  probe: () => Promise<void>,
  waitMs: number = WAIT_MS,
): () => Promise<string | null> {
  let asked: Promise<string | null> | null = null;
  const ask = async (): Promise<string | null> => {
    try {
      await probe();
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      asked = null;
    }
  };
  return async () => {
    const late = Promise.withResolvers<string>();
    const timer = setTimeout(() => {
      late.resolve(`Postgres does not answer within ${waitMs / 1_000} s`);
    }, waitMs);
    asked ??= ask();
    try {
      return await Promise.race([asked, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  };
}

/** Why nothing is written now, or null: a store that answers may still refuse what it is given. */
export function writerReadiness(state: () => BreakerState): () => string | null {
  return () =>
    state() === 'closed'
      ? null
      : 'the last commit failed; events are held until Postgres takes them again';
}
