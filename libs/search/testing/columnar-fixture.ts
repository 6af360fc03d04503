import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ARCHIVE_LIMITS,
  createArchiveJob,
  createColumnarReader,
  directAccess,
  Engine,
  LocalFolder,
  NOT_FOR_SEARCHES,
  type ArchiveLimits,
  type ArchiveParts,
} from '#columnar';
import { MICROS_PER_DAY, type Micros } from '#event';
import { JobRunner } from '#store';
import { Telemetry } from '#telemetry';
import { CASES_NOW } from '../../query/testing/cases.ts';
import { openSearchFixture, type SearchFixture } from './search-fixture.ts';

export interface ColumnarFixture extends SearchFixture {
  readonly folder: string;
  readonly engine: Engine;
  readonly parts: ArchiveParts;
  /** Runs the job that makes columnar files until it has nothing to do. */
  archive(parts?: ArchiveParts): Promise<void>;
  /** How many segments of each engine the catalog names, as `2 columnar`. */
  engines(): Promise<string[]>;
}

const TEST_ENGINE = {
  memoryBytes: 256 * 1024 * 1024,
  threads: 1,
  connections: 2,
  spillFolder: null,
  withoutOptimizers: NOT_FOR_SEARCHES,
};

/** A search over a store whose closed days become columnar files. Long after all events: every day is closed. */
export async function openColumnarFixture(
  limits: Partial<ArchiveLimits> = {},
  change: Partial<ArchiveParts> = {},
): Promise<ColumnarFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-columnar-'));
  const storage = await LocalFolder.open(join(folder, 'archive'));
  const engine = await Engine.open(TEST_ENGINE);
  const telemetry = new Telemetry(() => undefined);
  const reader = createColumnarReader(engine, directAccess(storage), telemetry);
  const fixture = await openSearchFixture({ columnar: reader }, { clock: () => CASES_NOW });
  const parts: ArchiveParts = {
    storage,
    engine,
    telemetry,
    clock: (): Micros => CASES_NOW + 400 * MICROS_PER_DAY,
    keepRows: { kind: 'forever' },
    keepFiles: null,
    retention: { rules: [], keep: null },
    scratch: join(folder, 'archive'),
    limits: { ...ARCHIVE_LIMITS, quietFor: 0, removeAfterMs: 0, ...limits },
    between: () => Promise.resolve(),
    ...change,
  };
  return {
    ...fixture,
    folder,
    engine,
    parts,
    async archive(given = parts) {
      const job = createArchiveJob(given);
      const runner = new JobRunner({
        pool: fixture.test.store.jobPool,
        telemetry,
        random: () => 0.5,
      });
      await fixture.runJobs();
      for (;;) {
        const report = await runner.runOnce(job);
        if (report?.more !== true) return;
      }
    },
    async engines() {
      const rows = await fixture.test.query(
        `SELECT count(*)::int AS count, engine FROM segment GROUP BY engine ORDER BY engine`,
      );
      return rows.map((row) => `${Number(row['count'])} ${String(row['engine'])}`);
    },
    close: async () => {
      await fixture.close();
      engine.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
