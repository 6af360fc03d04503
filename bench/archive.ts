import { globSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Program } from './program.ts';

const DAY_MS = 86_400_000;
const POLL_MS = 100;
/** The store is quiet once it takes less than this of a core. */
const QUIET_SHARE = 0.1;
const QUIET_WINDOW_MS = 2_000;
/** A job that has not made its files in this time never will. */
const PATIENCE_MS = 1_800_000;

export type StartProgram = (environment: Readonly<Record<string, string>>) => Promise<Program>;

export interface Archived {
  readonly program: Program;
  readonly archive: Archive;
}

/** Runs a bench with a program whose closed days become files in a folder of its own, and whose rows are dropped. */
export async function withArchive(
  start: StartProgram,
  run: (archived: Archived) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-bench-columnar-'));
  try {
    const program = await start({ COLUMNAR_FOLDER: folder, POSTGRES_KEEP: '0' });
    const client = new pg.Client({ connectionString: program.postgresUrl });
    await client.connect();
    try {
      await run({ program, archive: new Archive(folder, client) });
    } finally {
      await client.end();
      await program.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The job that makes columnar files, seen from outside. */
export class Archive {
  private readonly folder: string;
  private readonly client: pg.Client;

  constructor(folder: string, client: pg.Client) {
    this.folder = folder;
    this.client = client;
  }

  /** Begin of the last day but one, whose partition is closed once nothing is written to it. */
  static closedDay(): number {
    return Math.floor(Date.now() / DAY_MS) * DAY_MS - 2 * DAY_MS;
  }

  /** Waits until the jobs over what was just written are done. */
  async settle(program: Program): Promise<void> {
    for (;;) {
      const before = totalOf(program.cpuSeconds());
      await delay(QUIET_WINDOW_MS);
      const { rows } = await this.client.query<{ pending: boolean }>(
        `SELECT EXISTS (SELECT FROM log_group WHERE NOT (minute_rollup AND hour_rollup)) AS pending`,
      );
      const spent = totalOf(program.cpuSeconds()) - before;
      if (rows[0]?.pending !== true && spent < (QUIET_SHARE * QUIET_WINDOW_MS) / 1_000) return;
    }
  }

  /** The job waits until nothing was written for ten minutes: here they have passed at once. */
  async passTheQuietTime(): Promise<void> {
    await this.client.query(`UPDATE log_group SET committed_at = committed_at - interval '1 hour'`);
  }

  /** Whether the files serve and the rows are gone. */
  async isDone(): Promise<boolean> {
    const { rows } = await this.client.query<{ done: boolean }>(
      `SELECT bool_or(engine = 'columnar') AND NOT bool_or(engine = 'kept') AS done FROM segment`,
    );
    return rows[0]?.done === true;
  }

  async untilDone(): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (!(await this.isDone())) {
      if (performance.now() > deadline) throw new Error('the columnar files were not made in time');
      await delay(POLL_MS);
    }
  }

  /** Bytes of the files with their skip files. */
  fileBytes(): { readonly files: number; readonly bytes: number; readonly skipBytes: number } {
    const paths = globSync(join(this.folder, '**/*.{parquet,skip}'));
    const bytesOf = (extension: string): number =>
      paths
        .filter((path) => path.endsWith(extension))
        .reduce((sum, path) => sum + statSync(path).size, 0);
    const files = paths.filter((path) => path.endsWith('.parquet')).length;
    return { files, bytes: bytesOf('.parquet'), skipBytes: bytesOf('.skip') };
  }

  /** Bytes of what stays in Postgres: rollups, ledger, catalog. */
  async postgresBytes(): Promise<number> {
    const { rows } = await this.client.query<{ bytes: string }>(
      `SELECT sum(pg_total_relation_size(oid)) AS bytes FROM pg_class
       WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
    );
    return Number(rows[0]?.bytes);
  }
}

function totalOf({ server, postgres }: { readonly server: number; readonly postgres: number }) {
  return server + postgres;
}
