import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Engine, NOT_FOR_SEARCHES } from './engine.ts';

const MIB = 1024 * 1024;
const NEVER = { timeoutMs: 0, signal: new AbortController().signal };
/** Hours of work. */
const ENDLESS = 'SELECT sum(range % 7)::VARCHAR FROM range(1000000000000)';
/** 1,000,000 rows of 200 bytes: 200 MB. */
const LARGE = `SELECT repeat(md5(range::VARCHAR), 6) || range AS text FROM range(1000000)`;

describe('DuckDB', () => {
  let engine: Engine;
  const open = (connections: number): Promise<Engine> =>
    Engine.open({ memoryBytes: 64 * MIB, threads: 1, connections, spillFolder: null });

  beforeEach(async () => {
    engine = await open(2);
  });
  afterEach(() => {
    engine.close();
  });

  const one = async (): Promise<string | null | undefined> =>
    (await engine.rows('SELECT ?::VARCHAR', ['1'], NEVER))[0]?.[0];

  it('takes values as values', async () => {
    const text = `'; DROP TABLE x; --`;
    expect(await engine.rows('SELECT ?::VARCHAR', [text], NEVER)).toEqual([[text]]);
  });

  it('has the memory and the threads that it was given, and downloads nothing', async () => {
    const settings = ['memory_limit', 'threads', 'autoinstall_known_extensions', 'TimeZone'];
    const sql = settings.map((name) => `current_setting('${name}')::VARCHAR`).join(', ');
    expect(await engine.rows(`SELECT ${sql}`, [], NEVER)).toEqual([
      ['64.0 MiB', '1', 'false', 'UTC'],
    ]);
    await expect(engine.run('INSTALL httpfs', [], NEVER)).rejects.toThrow();
  });

  it('plans searches without the optimizers that cost them more than they give', async () => {
    const left = `SELECT current_setting('disabled_optimizers')::VARCHAR`;
    expect(await engine.rows(left, [], NEVER)).toEqual([['']]);
    const searching = await Engine.open({
      memoryBytes: 64 * MIB,
      threads: 1,
      connections: 1,
      spillFolder: null,
      withoutOptimizers: NOT_FOR_SEARCHES,
    });
    try {
      expect(await searching.rows(left, [], NEVER)).toEqual([[NOT_FOR_SEARCHES.join(',')]]);
    } finally {
      searching.close();
    }
  });

  it('ends a statement at its time limit', async () => {
    const started = performance.now();
    const limits = { ...NEVER, timeoutMs: 100 };
    await expect(engine.rows(ENDLESS, [], limits)).rejects.toMatchObject({
      name: 'StatementTimeoutError',
    });
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(await one()).toBe('1');
  });

  it('ends a statement that is called off, while it computes and while it is read', async () => {
    const off = new AbortController();
    const running = engine.rows(ENDLESS, [], { timeoutMs: 0, signal: off.signal });
    const ended = expect(running).rejects.toThrow('called off');
    off.abort(new Error('called off'));
    await ended;
    const later = new AbortController();
    const pages = engine.pages(LARGE, [], { timeoutMs: 0, signal: later.signal });
    await pages.next();
    later.abort(new Error('called off too'));
    await expect(pages.next()).rejects.toThrow('called off too');
    expect(await one()).toBe('1');
  });

  it('streams an answer that is larger than its memory', async () => {
    let bytes = 0;
    let rows = 0;
    for await (const page of engine.pages(LARGE, [], NEVER)) {
      rows += page.length;
      for (const [text] of page) bytes += text?.length ?? 0;
    }
    expect(rows).toBe(1_000_000);
    expect(bytes).toBeGreaterThan(2 * 64 * MIB);
  }, 60_000);

  it('says when a statement needs more memory than there is, and goes on', async () => {
    const sort = `SELECT text FROM (${LARGE}) ORDER BY text`;
    await expect(engine.rows(sort, [], NEVER)).rejects.toMatchObject({
      code: 'columnar-memory',
      message: expect.stringContaining('COLUMNAR_MEMORY'),
    });
    expect(await one()).toBe('1');
  }, 60_000);

  it('gives a waiting statement up at its time limit, or when it is called off', async () => {
    const off = new AbortController();
    const busy = [1, 2].map(() =>
      engine.rows(ENDLESS, [], { timeoutMs: 0, signal: off.signal }).catch(() => 'ended'),
    );
    await expect(engine.rows('SELECT 1', [], { ...NEVER, timeoutMs: 50 })).rejects.toMatchObject({
      name: 'StatementTimeoutError',
    });
    const gone = AbortSignal.abort(new Error('gone'));
    await expect(engine.rows('SELECT 1', [], { timeoutMs: 0, signal: gone })).rejects.toThrow(
      'gone',
    );
    const waiting = one();
    off.abort();
    expect(await waiting).toBe('1');
    expect(await Promise.all(busy)).toEqual(['ended', 'ended']);
  });
});
