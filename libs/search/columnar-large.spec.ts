import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Engine } from '#columnar';
import { eventId, MICROS_PER_HOUR, type ParsedEvent } from '#event';
import { CASES_NOW } from '../query/testing/cases.ts';
import { openColumnarFixture, type ColumnarFixture } from './testing/columnar-fixture.ts';
import { expectAll } from './testing/expect-all.ts';
import { randomEvents, seededRandom } from './testing/random-events.ts';
import { select } from './testing/search-fixture.ts';

const KIB = 1024;
const NEVER = new AbortController().signal;
const random = seededRandom(41);

/** Lines of a stack trace, with what COPY escapes. */
function trace(kib: number): string {
  const head = `java.lang.IllegalStateException: ${random()}\n`;
  const line = `\tat com.example.Handler$Inner.handle(Handler.java:${random()}) C:\\\\logs\\n\n`;
  return head.padEnd(kib * KIB, line);
}

/** Random digits: hardly less when they are compressed. */
function digits(kib: number): string {
  let text = '';
  while (text.length < kib * KIB) text += `${random()}`.slice(2);
  return text;
}

/** Every so many-th event becomes a large one. */
function withLarge(events: ParsedEvent[], every: number, text: () => string): ParsedEvent[] {
  return events.map((event, at) => (at % every === 0 ? { ...event, message: text() } : event));
}

describe('columnar files of large messages', () => {
  let fixture: ColumnarFixture;
  let small: Engine;

  beforeEach(async () => {
    fixture = await openColumnarFixture({ lateEvents: 1 }, { keepRows: { kind: 'for', age: 0 } });
    // Too little for a row group of eight megabytes, so that files are made again with less.
    const memoryBytes = 40 * KIB * KIB;
    small = await Engine.open({ memoryBytes, threads: 1, connections: 1, spillFolder: null });
  }, 60_000);
  afterEach(async () => {
    await fixture.close();
    small.close();
  });

  /** What the catalog knows: events of each file, and how many names do not count. */
  async function files(): Promise<{ events: number[]; others: number }> {
    const rows = await fixture.test.query('SELECT events, segment_id FROM columnar_file');
    const counting = rows.filter((row) => row['segment_id'] !== null);
    return {
      events: counting.map((row) => Number(row['events'])),
      others: rows.length - counting.length,
    };
  }

  async function expectSameTexts(): Promise<void> {
    const wanted = new Map(fixture.events.map((event) => [eventId(event), event.message]));
    let found = 0;
    let different = 0;
    for await (const page of fixture.search.export(select('', CASES_NOW), 'asc', NEVER)) {
      found += page.length;
      different += page.filter((event) => wanted.get(eventId(event)) !== event.message).length;
    }
    expect({ found, different }).toEqual({ found: wanted.size, different: 0 });
  }

  it('are made with little memory, and hold every text', async () => {
    const from = CASES_NOW + MICROS_PER_HOUR;
    const megabytes = withLarge(randomEvents(random, 8, from, MICROS_PER_HOUR), 1, () =>
      random() < 0.5 ? trace(1_000) : digits(1_000),
    );
    const tenths = withLarge(
      randomEvents(random, 1_000, from + 2 * MICROS_PER_HOUR, MICROS_PER_HOUR),
      10,
      () => trace(100),
    );
    const usual = randomEvents(random, 4_000, from + 4 * MICROS_PER_HOUR, MICROS_PER_HOUR);
    await fixture.store(megabytes, tenths, usual);
    await fixture.archive({ ...fixture.parts, engine: small });
    expect(await fixture.engines()).toEqual(['1 columnar', '1 rows']);
    const { events, others } = await files();
    expect(others).toBe(0);
    expect(events.length).toBeGreaterThan(3);
    // What is short is not cut finer for what is long.
    expect(Math.max(...events)).toBeGreaterThan(3_000);
    const left = await readdir(join(fixture.folder, 'archive'), { recursive: true });
    expect(left.filter((name) => name.endsWith('.parquet'))).toHaveLength(events.length);
    expect(left.filter((name) => name.startsWith('.making'))).toEqual([]);
    await expectSameTexts();
    await expectAll(fixture, 'IllegalStateException');
    await expectAll(fixture, 'disk level:>=warn');
  }, 120_000);

  it('say that even one event needs more memory than there is, and leave nothing behind', async () => {
    const events = randomEvents(random, 6, CASES_NOW, MICROS_PER_HOUR);
    await fixture.store(withLarge(events, 1, () => digits(1_000)));
    const memoryBytes = 2 * KIB * KIB;
    const tiny = await Engine.open({ memoryBytes, threads: 1, connections: 1, spillFolder: null });
    const archiving = fixture.archive({ ...fixture.parts, engine: tiny });
    await expect(archiving).rejects.toThrow('COLUMNAR_MEMORY');
    tiny.close();
    expect(await files()).toEqual({ events: [], others: 0 });
    await expectSameTexts();
    // The session that failed ends on its own and takes its lock with it.
    const limits = { ...fixture.parts.limits, bytesPerVector: 4 * KIB * KIB };
    while ((await files()).events.length === 0) await fixture.archive({ ...fixture.parts, limits });
    expect((await files()).events).toEqual([4, 2]);
    await expectSameTexts();
  }, 60_000);
});
