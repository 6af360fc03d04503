import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { comparePositions, formatTimestamp, type StoredEvent } from '#event';
import { indexName, indexText, type IndexReader, type IndexRef, type SearchIndex } from '#index';
import { parseQuery, toPredicate } from '#query';
import { parseTimestamptz, type Segment } from '#store';
import { CASES_NOW } from '../../query/testing/cases.ts';
import type { SearchServiceSettings } from '../create-search-service.ts';
import { openSearchFixture, type SearchFixture } from './search-fixture.ts';

/** Which groups are indexed, and what of them. */
export interface Cover {
  /** By groupSeq. */
  readonly group: (groupSeq: number) => boolean;
  readonly match: string;
  /** Events that stay out of the index and are named as left out, beside those that it cannot hold. */
  readonly leaveOut?: (event: StoredEvent) => boolean;
}

/** A search with a word index, whose coverage the test says. */
export interface CoveredFixture extends SearchFixture {
  /** Indexes groups that are stored, and says so in Postgres. Each group is indexed once at the most. */
  cover(cover: Cover): Promise<void>;
}

/** `wrap` may come between the search and the index, to disturb. */
export async function openCoveredFixture(
  index: SearchIndex,
  wrap: (reader: IndexReader) => IndexReader = (reader) => reader,
  settings: Partial<SearchServiceSettings['wordIndex']> = {},
): Promise<CoveredFixture> {
  const prefix = `test-${randomUUID()}`;
  const wordIndex = { reader: wrap(index), prefix, timeoutMs: 10_000, ...settings };
  // The events of the tests are of these days, so that each day is a partition with an index of its own.
  const fixture = await openSearchFixture({ wordIndex }, { clock: () => CASES_NOW });
  const covering = new Covering(fixture, index, prefix);
  return {
    ...fixture,
    cover: (cover) => covering.add(cover),
    close: async () => {
      await covering.dropAll();
      await fixture.close();
    },
  };
}

const DOCUMENTS_AT_ONCE = 50_000;
const NEVER = new AbortController().signal;

/** What the feeder of the index does, for groups that a test picks. */
class Covering {
  private readonly fixture: SearchFixture;
  private readonly index: SearchIndex;
  private readonly prefix: string;
  private readonly indexes = new Map<string, IndexRef & { readonly id: number }>();

  constructor(fixture: SearchFixture, index: SearchIndex, prefix: string) {
    this.fixture = fixture;
    this.index = index;
    this.prefix = prefix;
  }

  async add(cover: Cover): Promise<void> {
    const commits = await this.commitsOf(cover.group);
    const matches = toPredicate(parseQuery(cover.match));
    const events = this.fixture.events.filter(
      (event) => cover.group(event.groupSeq) && matches(event),
    );
    const segments = await this.segments();
    const bySegment = Map.groupBy(segments, (segment) => indexName(this.prefix, segment));
    for (const [name, parts] of bySegment) {
      const within = events.filter(({ timestamp }) =>
        parts.some(({ start, end }) => timestamp >= start && timestamp < end),
      );
      await this.addTo(await this.indexNamed(name), within, cover, commits);
    }
  }

  async dropAll(): Promise<void> {
    for (const name of this.indexes.keys()) await this.index.drop(name, NEVER);
  }

  private async addTo(
    index: IndexRef & { readonly id: number },
    events: readonly StoredEvent[],
    cover: Cover,
    commits: readonly number[],
  ): Promise<void> {
    const { test } = this.fixture;
    const placed = [...events].sort(comparePositions).map((event) => ({
      ...event,
      text: cover.leaveOut?.(event) === true ? null : indexText(event.message),
    }));
    const documents = placed.flatMap((event) =>
      event.text === null ? [] : [{ ...event, text: event.text }],
    );
    for (let at = 0; at < documents.length; at += DOCUMENTS_AT_ONCE) {
      const part = documents.slice(at, at + DOCUMENTS_AT_ONCE);
      await this.succeeded(await this.index.add(index.name, part, NEVER));
    }
    for (const { timestamp, groupSeq, ordinal, text } of placed) {
      if (text !== null) continue;
      await test.query('INSERT INTO index_omission VALUES ($1, $2, $3, $4)', [
        index.id,
        formatTimestamp(timestamp),
        groupSeq,
        ordinal,
      ]);
    }
    for (const commit of commits) {
      await test.query('INSERT INTO index_coverage VALUES ($1, $2, $2, $3, $4)', [
        index.id,
        commit,
        cover.match,
        documents.length,
      ]);
    }
  }

  private async succeeded(task: number): Promise<void> {
    for (;;) {
      const [outcome] = await this.index.outcomes([task], NEVER);
      if (outcome?.kind === 'succeeded') return;
      if (outcome?.kind !== 'pending') throw new Error(`not indexed: ${JSON.stringify(outcome)}`);
      await delay(5);
    }
  }

  private async indexNamed(name: string): Promise<IndexRef & { readonly id: number }> {
    const known = this.indexes.get(name);
    if (known !== undefined) return known;
    const seal = this.indexes.size + 1;
    await this.index.create({ name, seal }, NEVER);
    const [row] = await this.fixture.test.query(
      'INSERT INTO search_index (name, seal) VALUES ($1, $2) RETURNING id',
      [name, seal],
    );
    const created = { name, seal, id: Number(row?.['id']) };
    this.indexes.set(name, created);
    return created;
  }

  private async segments(): Promise<Pick<Segment, 'start' | 'end'>[]> {
    const rows = await this.fixture.test.query(
      `SELECT (range_start AT TIME ZONE 'UTC')::text || '+00' AS start,
         (range_end AT TIME ZONE 'UTC')::text || '+00' AS end FROM segment`,
    );
    return rows.map((row) => ({
      start: parseTimestamptz(String(row['start'])),
      end: parseTimestamptz(String(row['end'])),
    }));
  }

  private async commitsOf(group: (groupSeq: number) => boolean): Promise<number[]> {
    const rows = await this.fixture.test.query(
      'SELECT group_seq, commit_seq FROM log_group ORDER BY commit_seq',
    );
    return rows
      .filter((row) => group(Number(row['group_seq'])))
      .map((row) => Number(row['commit_seq']));
  }
}
