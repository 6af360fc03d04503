import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createColumnarReader,
  directAccess,
  FileCache,
  FilesLateError,
  type FileAccess,
  type ObjectStorage,
} from '#columnar';
import { eventId, MICROS_PER_HOUR } from '#event';
import { toPredicate } from '#query';
import { Telemetry } from '#telemetry';
import { CASES_NOW } from '../query/testing/cases.ts';
import { createSearchService } from './create-search-service.ts';
import type { SearchService } from './search-service.ts';
import { openColumnarFixture, type ColumnarFixture } from './testing/columnar-fixture.ts';
import { randomEvents, seededRandom } from './testing/random-events.ts';
import { runOptions, select, sortedIds } from './testing/search-fixture.ts';

const NEVER = new AbortController().signal;
const random = seededRandom(29);

type Spoil = (path: string) => Promise<void>;

const WAYS: readonly (readonly [string, Spoil])[] = [
  ['overwritten', (path) => writeFile(path, 'x'.repeat(500))],
  ['cut short', (path) => truncate(path, 40)],
  ['empty', (path) => truncate(path, 0)],
  ['gone', (path) => rm(path)],
];

/** As a disk does it: the file has its size, and what is read first is as it was. */
async function zeroTheEnd(path: string): Promise<void> {
  const bytes = await readFile(path);
  await writeFile(path, bytes.fill(0, Math.floor(bytes.length / 2)));
}

async function changeOneBit(path: string): Promise<void> {
  const bytes = await readFile(path);
  const at = Math.floor(bytes.length / 3);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

describe('columnar files whose bytes are spoilt', () => {
  let fixture: ColumnarFixture;

  beforeEach(async () => {
    fixture = await openColumnarFixture({ eventsPerFile: 300 });
    await fixture.store(randomEvents(random, 700, CASES_NOW, 6 * MICROS_PER_HOUR));
    await fixture.archive();
  }, 60_000);
  afterEach(() => fixture.close());

  async function spoilAll(folder: string, kind: RegExp, spoil: Spoil): Promise<void> {
    const names = await readdir(folder, { recursive: true });
    const chosen = names.filter((name) => kind.test(name));
    expect(chosen).toHaveLength(3);
    for (const name of chosen) await spoil(join(folder, name));
  }

  async function expectAll(search: SearchService, query: string): Promise<void> {
    const selection = select(query, CASES_NOW);
    const expected = sortedIds(fixture.events.filter(toPredicate(selection.query)), 'desc');
    const request = { ...selection, limit: 5_000, order: 'desc', cursor: null } as const;
    const { events } = await search.search(request, runOptions(60_000));
    expect(events.map(eventId)).toEqual(expected);
    const exported: string[] = [];
    for await (const page of search.export(selection, 'desc', NEVER)) {
      exported.push(...page.map(eventId));
    }
    expect(exported).toEqual(expected);
  }

  /** What was told, by the name of the event. */
  function reading(access: FileAccess, lines: string[]): SearchService {
    const telemetry = new Telemetry((line) => lines.push(line.event));
    const columnar = createColumnarReader(fixture.engine, access, telemetry);
    return createSearchService({ pool: fixture.test.store.readPool, telemetry, columnar });
  }

  it.each<readonly [string, Spoil]>([
    ...WAYS,
    ['zeroed from their middle on', zeroTheEnd],
    ['changed in one bit', changeOneBit],
  ])('skip files %s: their files are read whole', async (_way, spoil) => {
    await spoilAll(join(fixture.folder, 'archive'), /\.skip$/, spoil);
    await expectAll(fixture.search, '');
    await expectAll(fixture.search, 'disk level:>=warn');
  });

  it.each<readonly [string, Spoil]>([
    ['overwritten', (path) => writeFile(path, 'x')],
    ['changed in one bit', changeOneBit],
  ])('files %s: a search says so, before and after one that was right', async (_way, spoil) => {
    const folder = join(fixture.folder, 'archive');
    await expectAll(fixture.search, 'disk level:>=warn');
    await spoilAll(folder, /\.parquet$/, spoil);
    const corrupt = { code: 'object-corrupt' };
    await expect(expectAll(fixture.search, '')).rejects.toMatchObject(corrupt);
    await expect(
      expectAll(reading(directAccess(fixture.parts.storage), []), ''),
    ).rejects.toMatchObject(corrupt);
  });

  it('files that do not come: a search says so once its budget is over', async () => {
    let asked = 0;
    const late: FileAccess = {
      acquire: () => {
        asked++;
        return Promise.reject(new FilesLateError());
      },
      recheck: () => Promise.resolve(false),
    };
    await expect(expectAll(reading(late, []), '')).rejects.toMatchObject({
      code: 'columnar-files-late',
    });
    expect(asked).toBe(1);
  });

  it.each(WAYS)('copies %s while a gateway runs: they are fetched again', async (_way, spoil) => {
    const folder = join(fixture.folder, 'copies');
    const storage = Object.assign(Object.create(fixture.parts.storage) as ObjectStorage, {
      pathOf: () => null,
    });
    const lines: string[] = [];
    const telemetry = new Telemetry((line) => lines.push(line.event));
    const cache = await FileCache.open({ storage, folder, maxBytes: 10_000_000, telemetry });
    const search = reading(cache, lines);
    await expectAll(search, 'disk level:>=warn');
    expect(lines).not.toContain('columnar_copy_spoilt');
    await spoilAll(folder, /\.parquet$/, spoil);
    await expectAll(search, 'disk level:>=warn');
    expect(lines).toContain('columnar_copy_spoilt');
    await spoilAll(folder, /\.skip$/, spoil);
    await expectAll(search, 'disk level:>=warn');
    await expectAll(reading(cache, lines), 'retry -disk');
    expect(lines).not.toContain('skip_file_unusable');
    await cache.close();
  });
});
