import { isDeepStrictEqual } from 'node:util';
import { knownEvent, type KnownEvent } from './known-event.ts';

/** What came of the events of a run. */
export interface Verdict {
  readonly sent: number;
  readonly acked: number;
  readonly found: number;
  /** Acknowledged and not found. */
  readonly lost: number;
  /** Found more often than once. */
  readonly dup: number;
  /** Found and never sent. */
  readonly foreign: number;
  /** Found with another content than was sent. */
  readonly corrupt: number;
  /** Sent without an answer that says what came of them. */
  readonly unknown: number;
  /** Acknowledged after an attempt that was refused or broken. */
  readonly recovered: number;
}

type State = 'sent' | 'acked';

/** Remembers every event that was sent and what was answered, and settles the account with what is found. */
export class EventAccount {
  /** Names the run; its day is the newest of the events. */
  readonly run: string;
  private readonly states: State[] = [];
  private readonly finds: number[] = [];
  private readonly eventOf: (run: string, number: number) => KnownEvent;
  private ackedCount = 0;
  private recovered = 0;
  private foreign = 0;
  private corrupt = 0;

  /** @param eventOf makes the event of a number, always the same */
  constructor(run: string, eventOf = knownEvent) {
    this.run = run;
    this.eventOf = eventOf;
  }

  /** The next events to send. */
  take(count: number): { readonly first: number; readonly events: readonly KnownEvent[] } {
    const first = this.states.length;
    for (let i = 0; i < count; i++) this.states.push('sent');
    return {
      first,
      events: Array.from({ length: count }, (_, i) => this.eventOf(this.run, first + i)),
    };
  }

  /** @param attempts of the request that holds the events */
  acknowledged(first: number, count: number, attempts = 1): void {
    this.states.fill('acked', first, first + count);
    this.ackedCount += count;
    if (attempts > 1) this.recovered += count;
  }

  /** Numbers of the events that were acknowledged, in their order. */
  get acknowledgedNumbers(): readonly number[] {
    return this.states.flatMap((state, number) => (state === 'acked' ? [number] : []));
  }

  get acked(): number {
    return this.ackedCount;
  }

  /** Events that may be stored by now. */
  get possible(): number {
    return this.states.length;
  }

  /** Counts an event that was found; `hit` as the API gives it. */
  found(hit: { readonly id: string } & KnownEvent): void {
    const { id, ...event } = hit;
    const { run, number } = event.metadata;
    if (id === '' || run !== this.run || this.states[number] === undefined) {
      this.foreign++;
      return;
    }
    this.finds[number] = (this.finds[number] ?? 0) + 1;
    if (!isDeepStrictEqual(event, this.eventOf(this.run, number))) this.corrupt++;
  }

  verdict(): Verdict {
    const found = this.finds.filter((count) => count > 0).length;
    return {
      sent: this.states.length,
      acked: this.ackedCount,
      found,
      lost: this.states.filter((state, n) => state === 'acked' && this.finds[n] === undefined)
        .length,
      dup: this.finds.filter((count) => count > 1).length,
      foreign: this.foreign,
      corrupt: this.corrupt,
      unknown: this.states.filter((state) => state === 'sent').length,
      recovered: this.recovered,
    };
  }
}

export function verdictLine(verdict: Verdict, rounds: number): string {
  const numbers = Object.entries(verdict).map(([name, value]) => `${name} ${String(value)}`);
  return [...numbers, `rounds ${rounds}`].join(' ');
}
