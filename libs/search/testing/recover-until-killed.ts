import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { Engine, LocalFolder, recoverFiles, type RecoverStep } from '#columnar';
import { openStore } from '#store';
import { Telemetry } from '#telemetry';

/*
 * A process that makes files count of which the database does not know, until it comes to a step, and kills itself
 * there: node --conditions=source recover-until-killed.ts <database> <folder> <step>
 */
const [url = '', folder = '', step = ''] = process.argv.slice(2);
const store = await openStore({ url, telemetry: new Telemetry(() => undefined) });
const engine = await Engine.open({
  memoryBytes: 256 * 1024 * 1024,
  threads: 1,
  connections: 1,
  spillFolder: null,
});
const reports = recoverFiles({
  client: await store.jobPool.connect(),
  storage: await LocalFolder.open(folder),
  engine,
  scratch: await mkdtemp(join(folder, '.recovering-')),
  signal: new AbortController().signal,
  forgetMissing: false,
  between: (reached: RecoverStep) => {
    if (reached === step) process.kill(process.pid, 'SIGKILL');
    return Promise.resolve();
  },
});
while ((await reports.next()).done !== true);
