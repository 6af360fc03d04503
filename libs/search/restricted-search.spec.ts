import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventId, MICROS_PER_HOUR, type ParsedEvent, type Micros, type StoredEvent } from '#event';
import { parseQuery, requiredKeys, rollupFields, similarTerms } from '#query';
import { CASES_NOW } from '../query/testing/cases.ts';
import { InvalidCursorError } from './cursor.ts';
import { serviceFilter, within } from './row-filter.ts';
import { SearchAccess } from './search-access.ts';
import type { SearchService } from './search-service.ts';
import { pick, randomEvents, seededRandom } from './testing/random-events.ts';
import {
  openSearchFixture,
  runOptions,
  select,
  type SearchFixture,
} from './testing/search-fixture.ts';

const START: Micros = Math.floor(CASES_NOW / MICROS_PER_HOUR) * MICROS_PER_HOUR;
const SERVICES = ['api', 'auth', 'api*', 'API', 'secret', 'api" OR service:secret', null];
const MAY_SEE = ['api', 'api" OR service:secret'];
const isVisible = ({ service }: ParsedEvent) => service !== null && MAY_SEE.includes(service);

const QUERIES = [
  '',
  'level:error',
  'disk',
  '"disk full"',
  'message:"*isk f*"',
  'NOT disk',
  'service:api',
  'service:secret',
  'service:secret OR disk',
  '-service:api',
  '-service:*',
  'service:(secret OR auth) OR retry',
  'resourceId:server-1 OR service:secret',
  'traceId:trace-7',
  'metadata.size:>4',
  'timestamp:[* TO 2100-01-01T00:00:00Z] OR service:secret',
];

/**
 * Whoever is limited to services must be told the same as by a store that holds nothing else: both are asked everything,
 * before and after the jobs have counted and filtered what is in them.
 */
describe('a search limited to services', () => {
  /** Holds everything. */
  let whole: SearchFixture;
  /** Holds what may be seen. */
  let part: SearchFixture;
  let limited: SearchService;

  beforeAll(async () => {
    [whole, part] = await Promise.all([openSearchFixture(), openSearchFixture()]);
    limited = new SearchAccess(whole.search).of({ services: MAY_SEE });
    const random = seededRandom(11);
    for (let group = 0; group < 4; group++) {
      const events = randomEvents(
        random,
        300,
        START + group * MICROS_PER_HOUR,
        MICROS_PER_HOUR,
      ).map((event, n): ParsedEvent => ({
        ...event,
        timestamp: event.timestamp + n,
        service: pick(random, SERVICES),
        message: `${event.message} number ${group}-${n}`,
      }));
      await whole.store(events);
      await part.store(events.filter(isVisible));
      // The last group stays for the scans.
      if (group === 2) await Promise.all([whole.runJobs(), part.runJobs()]);
    }
  }, 60_000);

  afterAll(async () => {
    await whole.close();
    await part.close();
  });

  const messages = (events: readonly ParsedEvent[]) => events.map(({ message }) => message);
  const twin = (event: StoredEvent): StoredEvent => {
    const found = part.events.find(({ message }) => message === event.message);
    if (found === undefined) throw new Error(`${event.message} is not visible`);
    return found;
  };

  it.each(QUERIES)('%s is answered as if nothing else were there', async (query) => {
    const selection = select(query, CASES_NOW, {
      from: START + 17,
      to: START + 5 * MICROS_PER_HOUR,
    });
    const [options, all] = [runOptions(), { ...selection, limit: 5_000, cursor: null }];
    for (const order of ['asc', 'desc'] as const) {
      const told = await limited.search({ ...all, order }, options);
      const known = await part.search.search({ ...all, order }, options);
      expect(messages(told.events)).toEqual(messages(known.events));
      expect(told.events.every(isVisible)).toBe(true);
    }
    expect(await limited.count(selection, options)).toEqual(
      await part.search.count(selection, options),
    );
    for (const intervalMicros of [60_000_000, MICROS_PER_HOUR]) {
      const request = { ...selection, intervalMicros };
      expect(await limited.histogram(request, options)).toEqual(
        await part.search.histogram(request, options),
      );
    }
    for (const field of ['service', 'level', 'resourceId', 'metadata.size']) {
      const request = { ...selection, field, limit: 50 };
      expect(await limited.facets(request, options)).toEqual(
        await part.search.facets(request, options),
      );
      expect(await limited.fieldStatistics(request, options)).toEqual(
        await part.search.fieldStatistics(request, options),
      );
    }
    const patterns = await limited.patterns({ ...selection, limit: 1_000 }, options);
    const known = await part.search.patterns({ ...selection, limit: 1_000 }, options);
    const withoutIds = (answer: typeof patterns) => ({
      ...answer,
      patterns: answer.patterns.map(({ example, ...one }) => [one, example.message]),
    });
    expect(withoutIds(patterns)).toEqual(withoutIds(known));
    const exported: ParsedEvent[] = [];
    for await (const page of limited.export(selection, 'asc', options.signal))
      exported.push(...page);
    expect(messages(exported)).toEqual(
      messages((await part.search.search({ ...all, order: 'asc' }, options)).events),
    );
  });

  it('pages on by cursors that are of no other search', async () => {
    const request = { ...select('disk', CASES_NOW), order: 'desc' as const, limit: 7 };
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await limited.search({ ...request, cursor }, runOptions());
      seen.push(...messages(page.events));
      cursor = page.nextCursor;
    } while (cursor !== null);
    const known = await part.search.search(
      { ...request, limit: 5_000, cursor: null },
      runOptions(),
    );
    expect(seen).toEqual(messages(known.events));
    const foreign = await whole.search.search({ ...request, cursor: null }, runOptions());
    await expect(
      limited.search({ ...request, cursor: foreign.nextCursor }, runOptions()),
    ).rejects.toThrow(InvalidCursorError);
  });

  it('knows no event of others, nor shows any beside its own', async () => {
    const around = { before: 3, after: 3 };
    for (const event of whole.events.filter((one) => !isVisible(one)).slice(0, 50)) {
      const request = { id: eventId(event), ...around, scope: 'all' as const };
      expect(await limited.context(request, runOptions())).toBeNull();
    }
    for (const event of whole.events.filter(isVisible).slice(0, 30)) {
      for (const scope of ['all', 'service', 'resource', 'trace'] as const) {
        const told = await limited.context({ id: eventId(event), ...around, scope }, runOptions());
        const known = await part.search.context(
          { id: eventId(twin(event)), ...around, scope },
          runOptions(),
        );
        expect(messages(told ?? [])).toEqual(messages(known ?? []));
        expect(told).not.toHaveLength(0);
      }
    }
  });

  it('shows of a trace only its own', async () => {
    for (let n = 0; n < 40; n++) {
      const told = await limited.trace(`trace-${n}`, runOptions());
      const known = await part.search.trace(`trace-${n}`, runOptions());
      expect(messages(told)).toEqual(messages(known));
    }
  });

  it('follows only its own', async () => {
    const abort = new AbortController();
    const tail = await limited.tail(parseQuery('live', CASES_NOW), null, abort.signal);
    const live = SERVICES.map((service): ParsedEvent => ({
      ...(whole.events[0] as ParsedEvent),
      service,
      message: `live ${service ?? 'nobody'}`,
    }));
    await whole.store(live);
    for await (const page of tail.events) {
      if (page.length === 0) continue;
      expect(messages(page.map(({ event }) => event))).toEqual(messages(live.filter(isVisible)));
      break;
    }
    abort.abort();
  });

  it('is all there is for whoever is not limited', () => {
    expect(new SearchAccess(whole.search).of({ services: null })).toBe(whole.search);
  });
});

describe('the filter of services', () => {
  it('is answered by rollups where the query is, and leaves out what holds none of them', () => {
    const query = within(serviceFilter(['a', 'b']), parseQuery('level:error'));
    expect(rollupFields(query)).toEqual(new Set(['service', 'level']));
    expect(requiredKeys(query)).toEqual({
      levels: new Set(['error']),
      services: new Set(['a', 'b']),
    });
  });

  it('stays a condition of a search by similarity, whose words it leaves alone', () => {
    const filter = serviceFilter(['a', 'b']);
    expect(similarTerms(within(filter, parseQuery('disk full level:error')))).toEqual({
      words: ['disk', 'full'],
      filter: { kind: 'and', operands: [filter, parseQuery('level:error')] },
    });
  });

  it('is the only term where everything is asked for', () => {
    const filter = serviceFilter(['a']);
    expect(within(filter, { kind: 'all' })).toEqual({ kind: 'and', operands: [filter] });
  });
});
