import { comparePositions, eventId, type StoredEvent } from '#event';
import { toPredicate, type Query } from '#query';
import {
  InvalidCursorError,
  type ContextRequest,
  type CountAnswer,
  type FacetAnswer,
  type FacetRequest,
  type FieldStatisticsAnswer,
  type FieldStatisticsRequest,
  type HistogramAnswer,
  type HistogramRequest,
  type NotSimilar,
  type Order,
  type Pattern,
  type PatternsAnswer,
  type PatternsRequest,
  type SearchAnswer,
  type SearchRequest,
  type SearchService,
  type SimilarAnswer,
  type SimilarRequest,
  type Selection,
  type Tail,
  type TailedEvent,
} from '#search';

const PAGE = 1_000;

/** A search service over an array, for tests of what lies above it. */
export class MemorySearch implements SearchService {
  readonly events: StoredEvent[] = [];
  /** The options of the calls, newest last. */
  readonly signals: AbortSignal[] = [];
  /** Tails that run. */
  tails = 0;
  /** Held back until it resolves, when set. */
  gate: Promise<void> | null = null;
  hasIndex = true;
  /** What the next search by similarity answers instead of its hits, when set. */
  notSimilar: NotSimilar | null = null;
  private wake: () => void = () => undefined;

  add(...events: readonly StoredEvent[]): void {
    this.events.push(...events);
    this.wake();
  }

  async search(request: SearchRequest, options: { signal: AbortSignal }): Promise<SearchAnswer> {
    await this.begin(options.signal);
    const begin = request.cursor === null ? 0 : Number(request.cursor);
    if (!Number.isInteger(begin)) throw new InvalidCursorError('it is no number');
    const all = this.matching(request, request.order);
    const end = begin + request.limit;
    return {
      events: all.slice(begin, end),
      nextCursor: end < all.length ? String(end) : null,
      partial: false,
      engines: ['memory'],
      plan: [{ engine: 'memory' }],
    };
  }

  async similar(request: SimilarRequest, options: { signal: AbortSignal }): Promise<SimilarAnswer> {
    await this.begin(options.signal);
    if (this.notSimilar !== null) return this.notSimilar;
    const events = this.matching(request, 'desc').slice(0, request.limit);
    return {
      kind: 'found',
      hits: events.map((event, at) => ({ event, score: 1 / (at + 1) })),
      partial: false,
      engines: ['memory'],
      plan: [{ engine: 'memory' }],
    };
  }

  async count(selection: Selection, options: { signal: AbortSignal }): Promise<CountAnswer> {
    await this.begin(options.signal);
    return { count: this.matching(selection, 'asc').length, partial: false };
  }

  async histogram(
    request: HistogramRequest,
    options: { signal: AbortSignal },
  ): Promise<HistogramAnswer> {
    await this.begin(options.signal);
    const width = request.intervalMicros ?? 60_000_000;
    const buckets = new Map<number, Record<string, number>>();
    for (const event of this.matching(request, 'asc')) {
      const start = Math.floor(event.timestamp / width) * width;
      const counts = buckets.get(start) ?? {};
      counts[event.level] = (counts[event.level] ?? 0) + 1;
      buckets.set(start, counts);
    }
    return {
      intervalMicros: width,
      buckets: [...buckets].map(([start, counts]) => ({ start, counts })),
      partial: false,
    };
  }

  async facets(request: FacetRequest, options: { signal: AbortSignal }): Promise<FacetAnswer> {
    await this.begin(options.signal);
    const counts = new Map<string, number>();
    for (const event of this.matching(request, 'asc')) {
      const value = event[request.field as 'service'];
      if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    const values = [...counts].map(([value, count]) => ({ value, count }));
    return { field: request.field, values: values.slice(0, request.limit), partial: false };
  }

  async fieldStatistics(
    request: FieldStatisticsRequest,
    options: { signal: AbortSignal },
  ): Promise<FieldStatisticsAnswer> {
    await this.begin(options.signal);
    const events = this.matching(request, 'asc');
    const values = events.map((event) => event[request.field as 'service']);
    const present = values.filter((value) => value !== null);
    return {
      field: request.field,
      events: events.length,
      present: present.length,
      distinct: new Set(present).size,
      numbers: null,
      partial: false,
    };
  }

  async patterns(
    request: PatternsRequest,
    options: { signal: AbortSignal },
  ): Promise<PatternsAnswer> {
    await this.begin(options.signal);
    const events = this.matching(request, 'desc');
    const byMessage = Map.groupBy(events, ({ message }) => message);
    const patterns = [...byMessage].map(([template, same]): Pattern => {
      const [newest] = same;
      const times = same.map(({ timestamp }) => timestamp);
      return {
        template,
        count: same.length,
        levels: newest === undefined ? {} : { [newest.level]: same.length },
        example: { id: newest === undefined ? '' : eventId(newest), message: template },
        firstSeen: Math.min(...times),
        lastSeen: Math.max(...times),
        counts: [same.length],
      };
    });
    return {
      patterns: patterns.slice(0, request.limit),
      events: events.length,
      templates: byMessage.size,
      others: 0,
      start: events.at(-1)?.timestamp ?? null,
      slotMicros: 1_000_000,
      partial: false,
    };
  }

  async context(
    request: ContextRequest,
    options: { signal: AbortSignal },
  ): Promise<readonly StoredEvent[] | null> {
    await this.begin(options.signal);
    const among = toPredicate(request.among ?? { kind: 'all' });
    const sorted = this.events.filter(among).sort(comparePositions);
    const at = sorted.findIndex((event) => eventId(event) === request.id);
    return at < 0 ? null : sorted.slice(Math.max(0, at - request.before), at + request.after + 1);
  }

  async trace(
    traceId: string,
    options: { signal: AbortSignal },
    among: Query = { kind: 'all' },
  ): Promise<readonly StoredEvent[]> {
    await this.begin(options.signal);
    return this.events
      .filter(toPredicate(among))
      .filter((event) => event.traceId === traceId)
      .sort(comparePositions);
  }

  async *export(
    selection: Selection,
    order: Order,
    signal: AbortSignal,
  ): AsyncGenerator<readonly StoredEvent[]> {
    await this.begin(signal);
    const all = this.matching(selection, order);
    for (let at = 0; at < all.length; at += PAGE) {
      signal.throwIfAborted();
      yield all.slice(at, at + PAGE);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async tail(query: Query, position: string | null, signal: AbortSignal): Promise<Tail> {
    await this.begin(signal);
    const at = position === null ? this.events.length : Number(position);
    if (!Number.isInteger(at)) throw new InvalidCursorError('it is no number');
    return { start: String(at), events: this.tailed(at, toPredicate(query), signal) };
  }

  private async *tailed(
    at: number,
    matches: (event: StoredEvent) => boolean,
    signal: AbortSignal,
  ): AsyncGenerator<readonly TailedEvent[]> {
    this.tails += 1;
    try {
      yield* this.follow(at, matches, signal);
    } finally {
      this.tails -= 1;
    }
  }

  private async *follow(
    begin: number,
    matches: (event: StoredEvent) => boolean,
    signal: AbortSignal,
  ): AsyncGenerator<readonly TailedEvent[]> {
    let at = begin;
    for (;;) {
      signal.throwIfAborted();
      const fresh = this.events.slice(at);
      const first = at + 1;
      at = this.events.length;
      const page = fresh.map((event, index) => ({ event, position: String(first + index) }));
      if (page.length > 0) yield page.filter(({ event }) => matches(event));
      else await this.changed(signal);
    }
  }

  private async begin(signal: AbortSignal): Promise<void> {
    this.signals.push(signal);
    if (this.gate === null) return;
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
    });
    await Promise.race([this.gate, aborted]);
  }

  private matching({ query, from, to }: Selection, order: Order): StoredEvent[] {
    const matches = toPredicate(query);
    const found = this.events
      .filter((event) => from === null || event.timestamp >= from)
      .filter((event) => to === null || event.timestamp < to)
      .filter(matches)
      .sort(comparePositions);
    return order === 'asc' ? found : found.reverse();
  }

  private changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      this.wake = resolve;
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
    });
  }
}
