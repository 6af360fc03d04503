import { backoffMs, type BackoffSettings } from '#retry';

/** What became of one key: done, to be looked at again after some ms, or to be tried again after a growing wait. */
export type WorkOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'again'; readonly afterMs: number }
  | { readonly kind: 'failed' };

export type Work = (key: string) => Promise<WorkOutcome>;

export interface WorkQueueOptions {
  readonly workers: number;
  /**
   * Least time from the end of a key's work to its next, in ms: what changes meanwhile, often by that very work, is
   * taken in together.
   */
  readonly restMs?: number;
  readonly backoff?: BackoffSettings;
  readonly random?: () => number;
}

const BACKOFF: BackoffSettings = { baseMs: 500, maxMs: 60_000 };

/**
 * Keys that wait for work, each at most once. A key that is added while it is worked on is worked on once more
 * afterwards, never by two at a time. What is to be done is read from the caches when it is done, so nothing is lost
 * by merging.
 */
export class WorkQueue {
  private readonly work: Work;
  private readonly options: Required<WorkQueueOptions>;
  private readonly waiting = new Set<string>();
  private readonly active = new Set<string>();
  private readonly again = new Set<string>();
  private readonly resting = new Set<string>();
  private readonly failures = new Map<string, number>();
  private readonly timers = new Map<
    string,
    { readonly timer: NodeJS.Timeout; readonly at: number }
  >();
  private idle: (() => void)[] = [];
  private closed = false;
  private paused = false;

  constructor(work: Work, options: WorkQueueOptions) {
    this.work = work;
    this.options = { restMs: 0, backoff: BACKOFF, random: Math.random, ...options };
  }

  get length(): number {
    return this.waiting.size + this.active.size;
  }

  add(key: string): void {
    if (this.closed) return;
    if (this.active.has(key) || this.resting.has(key)) this.again.add(key);
    else this.waiting.add(key);
    this.begin();
  }

  /** Collects keys and begins nothing. */
  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.begin();
  }

  /** Adds the key later, unless it is due sooner already. */
  addAfter(key: string, ms: number): void {
    if (this.closed) return;
    const at = performance.now() + ms;
    const planned = this.timers.get(key);
    if (planned !== undefined && planned.at <= at) return;
    clearTimeout(planned?.timer);
    const timer = setTimeout(() => {
      this.timers.delete(key);
      this.add(key);
    }, ms);
    timer.unref();
    this.timers.set(key, { timer, at });
  }

  /** Forgets what is planned for a key that is gone. */
  forget(key: string): void {
    clearTimeout(this.timers.get(key)?.timer);
    this.timers.delete(key);
    this.failures.delete(key);
  }

  /** Begins nothing more, and resolves when what was begun has ended. */
  async close(): Promise<void> {
    this.closed = true;
    this.waiting.clear();
    for (const { timer } of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    if (this.active.size > 0)
      await new Promise<void>((resolve) => {
        this.idle.push(resolve);
      });
  }

  private begin(): void {
    for (const key of this.waiting) {
      if (this.paused || this.active.size >= this.options.workers) return;
      this.waiting.delete(key);
      this.active.add(key);
      void this.run(key);
    }
  }

  private async run(key: string): Promise<void> {
    const outcome = await this.work(key).catch((): WorkOutcome => ({ kind: 'failed' }));
    this.active.delete(key);
    this.settle(key, outcome);
    this.rest(key);
    this.begin();
    if (this.active.size > 0) return;
    for (const resolve of this.idle.splice(0)) resolve();
  }

  private rest(key: string): void {
    const end = (): void => {
      this.resting.delete(key);
      if (this.again.delete(key)) this.add(key);
    };
    const { restMs } = this.options;
    if (restMs === 0) {
      end();
      return;
    }
    this.resting.add(key);
    setTimeout(end, restMs).unref();
  }

  private settle(key: string, outcome: WorkOutcome): void {
    if (outcome.kind !== 'failed') {
      this.failures.delete(key);
      if (outcome.kind === 'again') this.addAfter(key, outcome.afterMs);
      return;
    }
    const failures = (this.failures.get(key) ?? 0) + 1;
    this.failures.set(key, failures);
    const { backoff, random } = this.options;
    this.addAfter(key, backoffMs(failures, backoff, random));
  }
}
