import { Archive, withArchive, type Archived, type StartProgram } from './archive.ts';
import { watchMemory } from './peak-memory.ts';
import { askQueries, loadEvents } from './queries.ts';
import type { Report } from './report.ts';

const MIB = 2 ** 20;
const MOST_BYTES_PER_EVENT = 60;
const MOST_MEMORY = 1024 * MIB;

/** A day of events as columnar files without rows: what making them costs, their size, and the nine queries over them. */
export async function benchColumnar(
  start: StartProgram,
  count: number,
  report: Report,
): Promise<void> {
  await withArchive(start, async (archived) => {
    const startMs = Archive.closedDay();
    await loadEvents(archived.program, count, startMs);
    await archived.archive.settle(archived.program);
    await benchMaking(archived, count, report);
    await reportSize(archived, count, report);
    await checkCount(archived, count, report);
    const memory = watchMemory(archived.program);
    await askQueries(archived.program, count, startMs, report);
    reportMemory('while queries were answered', memory.stop(), report);
  });
}

async function benchMaking(
  { program, archive }: Archived,
  count: number,
  report: Report,
): Promise<void> {
  const memory = watchMemory(program);
  const before = program.cpuSeconds();
  const begun = performance.now();
  await archive.passTheQuietTime();
  await archive.untilDone();
  const seconds = (performance.now() - begun) / 1_000;
  const after = program.cpuSeconds();
  const million = count / 1_000_000;
  const server = (after.server - before.server) / million;
  const postgres = (after.postgres - before.postgres) / million;
  report.line(
    `columnar files of ${count} events made in ${seconds.toFixed(1)} s, waiting and pauses included; ` +
      `CPU s per million: server ${server.toFixed(1)} + Postgres ${postgres.toFixed(1)} = ${(server + postgres).toFixed(1)}`,
  );
  reportMemory('while they were made', memory.stop(), report);
}

async function reportSize({ archive }: Archived, count: number, report: Report): Promise<void> {
  const { files, bytes, skipBytes } = archive.fileBytes();
  const rest = await archive.postgresBytes();
  const perEvent = (part: number): string => (part / count).toFixed(1);
  report.verdict(
    `${files} files; bytes per event: files ${perEvent(bytes)} + skip files ${perEvent(skipBytes)} + ` +
      `what stays in Postgres ${perEvent(rest)} = ${perEvent(bytes + skipBytes + rest)}`,
    files > 0 && bytes + skipBytes + rest <= MOST_BYTES_PER_EVENT * count,
  );
}

/** All events by the way of users, once as a number and once as what an empty search is answered from. */
async function checkCount({ program }: Archived, count: number, report: Report): Promise<void> {
  const counted = await program.getJson<{ count: number }>('/api/v1/count?budget=60s');
  const scanned = await program.getJson<{ count: number }>(
    `/api/v1/count?budget=60s&q=${encodeURIComponent('message:*request*')}`,
  );
  const { engines } = await program.getJson<{ engines: readonly string[] }>(
    '/api/v1/search?limit=1',
  );
  report.verdict(
    `${counted.count} events counted by rollups, ${scanned.count} in the files; searches are answered by ${engines.join(', ')}`,
    counted.count === count && scanned.count === count && engines.includes('columnar'),
  );
}

function reportMemory(when: string, bytes: number, report: Report): void {
  report.verdict(
    `memory of the server ${when}: at most ${(bytes / MIB).toFixed(0)} MiB`,
    bytes < MOST_MEMORY,
  );
}
