/** Runs so many works at once; further ones wait. */
export class Places {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(count: number) {
    this.free = count;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else {
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
      });
    }
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free++;
      else next();
    }
  }
}

/**
 * Waits for a work that goes on without its waiters; rejects as it does, or with the signal's reason.
 *
 * @param timeoutMs 0 is no limit
 * @returns false where the time was over before
 */
export async function untilSettled(
  work: Promise<unknown>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  signal.throwIfAborted();
  let timer: NodeJS.Timeout | undefined;
  let stop: (() => void) | undefined;
  try {
    return await Promise.race([
      work.then(() => true),
      new Promise<boolean>((resolve, reject) => {
        if (timeoutMs > 0) timer = setTimeout(resolve, timeoutMs, false);
        stop = () => {
          reject(signal.reason as Error);
        };
        signal.addEventListener('abort', stop, { once: true });
      }),
    ]);
  } finally {
    clearTimeout(timer);
    if (stop !== undefined) signal.removeEventListener('abort', stop);
  }
}
