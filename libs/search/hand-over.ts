/** Gives one value to whoever reads; resolves when the next one is asked for. */
export type Give<T> = (value: T) => Promise<void>;

/**
 * Turns work that hands out values one by one, within a resource that it must give back itself, into something to
 * iterate. The work pauses while nobody reads. When the reader stops early, the work's signal aborts and its end is
 * waited for.
 */
export async function* handOver<T>(
  signal: AbortSignal,
  work: (signal: AbortSignal, give: Give<T>) => Promise<void>,
): AsyncGenerator<T> {
  const stopped = new AbortController();
  const inner = AbortSignal.any([signal, stopped.signal]);
  let offer = Promise.withResolvers<{ value: T } | null>();
  let asked = Promise.withResolvers<undefined>();
  const give: Give<T> = async (value) => {
    offer.resolve({ value });
    await untilAborted(asked.promise, inner);
    asked = Promise.withResolvers<undefined>();
  };
  const done = work(inner, give).then(
    () => {
      offer.resolve(null);
    },
    (error: unknown) => {
      offer.reject(error instanceof Error ? error : new Error(String(error)));
    },
  );
  try {
    for (;;) {
      const next = await offer.promise;
      if (next === null) return;
      offer = Promise.withResolvers();
      yield next.value;
      asked.resolve(undefined);
    }
  } finally {
    stopped.abort();
    // A failure after the reader stopped has nobody to go to but the signal that caused it.
    offer.promise.catch(() => undefined);
    await done;
  }
}

async function untilAborted(wait: Promise<unknown>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => {
    aborted.reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([wait, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
