import { createArchiveJob, ARCHIVE_LIMITS, Engine, LocalFolder, type ArchiveStep } from '#columnar';
import { JobRunner, openStore } from '#store';
import { Telemetry } from '#telemetry';

/*
 * A process that makes columnar files until it comes to a step, and kills itself there:
 * node --conditions=source archive-until-killed.ts <database> <folder> <step> <now in microseconds> [<time of files>]
 *
 * With a time of files, in microseconds, those whose time is over are removed at once.
 */
const [url = '', folder = '', step = '', now = '', keepFiles] = process.argv.slice(2);
const limits = { ...ARCHIVE_LIMITS, quietFor: 0, eventsPerFile: 300 };
const telemetry = new Telemetry(() => undefined);
const store = await openStore({ url, telemetry });
const engine = await Engine.open({
  memoryBytes: 256 * 1024 * 1024,
  threads: 1,
  connections: 1,
  spillFolder: null,
});
const job = createArchiveJob({
  storage: await LocalFolder.open(folder),
  engine,
  telemetry,
  clock: () => Number(now),
  keepRows: { kind: 'for', age: 0 },
  keepFiles: keepFiles === undefined ? null : Number(keepFiles),
  retention: { rules: [], keep: null },
  scratch: folder,
  limits: keepFiles === undefined ? limits : { ...limits, removeAfterMs: 0 },
  between: (reached: ArchiveStep) => {
    if (reached === step) process.kill(process.pid, 'SIGKILL');
    return Promise.resolve();
  },
});
const runner = new JobRunner({ pool: store.jobPool, telemetry, random: () => 0.5 });
while ((await runner.runOnce(job))?.more === true);
await runner.runOnce(job);
engine.close();
await store.close();
