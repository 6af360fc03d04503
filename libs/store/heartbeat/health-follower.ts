import type { PipelineEvent } from './changes.ts';
import type { PipelineHealth } from './pipeline-health.ts';

/** What a follower is told: the state as it is, or something that happened. */
export type PipelineNews =
  | { readonly kind: 'health'; readonly health: PipelineHealth }
  | { readonly kind: 'event'; readonly event: PipelineEvent };

/** Events that wait for a slow reader at most; of more, the newest stay, and the state says the rest. */
const MOST_WAITING = 100;

/** One reader of the health: the latest state that it has not seen, and what happened in the meantime. */
export class HealthFollower {
  private latest: PipelineHealth | null;
  private told: string;
  private events: PipelineEvent[] = [];
  private wake = Promise.withResolvers<undefined>();

  constructor(health: PipelineHealth) {
    this.latest = health;
    this.told = essence(health);
    this.wake.resolve(undefined);
  }

  tell(health: PipelineHealth, events: readonly PipelineEvent[]): void {
    this.events = [...this.events, ...events].slice(-MOST_WAITING);
    const now = essence(health);
    if (now !== this.told) {
      this.latest = health;
      this.told = now;
    }
    if (this.latest !== null || this.events.length > 0) this.wake.resolve(undefined);
  }

  /** What waits, events before the state that they led to; null once the signal has ended it. */
  async take(signal: AbortSignal): Promise<readonly PipelineNews[] | null> {
    const end = (): void => {
      this.wake.resolve(undefined);
    };
    signal.addEventListener('abort', end, { once: true });
    await this.wake.promise;
    signal.removeEventListener('abort', end);
    if (signal.aborted) return null;
    const news: PipelineNews[] = this.events.map((event) => ({ kind: 'event', event }));
    if (this.latest !== null) news.push({ kind: 'health', health: this.latest });
    this.events = [];
    this.latest = null;
    this.wake = Promise.withResolvers();
    return news;
  }
}

/** A state without what changes by itself: the time, beats that came as expected, how long something has been away. */
function essence(health: PipelineHealth): string {
  const processes = health.processes.map((process) => ({
    ...process,
    lastSeen: null,
    figures: { ...process.figures, away: null },
  }));
  const away = health.away.map(({ name, seenBy }) => ({ name, seenBy }));
  return JSON.stringify({ ...health, at: null, processes, away });
}
