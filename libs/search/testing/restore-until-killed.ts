import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { Engine, LocalFolder, restoreSegment, type RestoreStep } from '#columnar';
import { openStore } from '#store';
import { Telemetry } from '#telemetry';

/*
 * A process that makes a columnar segment rows again until it comes to a step, and kills itself there:
 * node --conditions=source restore-until-killed.ts <database> <folder> <step> <segment>
 */
const [url = '', folder = '', step = '', segment = ''] = process.argv.slice(2);
const store = await openStore({ url, telemetry: new Telemetry(() => undefined) });
const engine = await Engine.open({
  memoryBytes: 256 * 1024 * 1024,
  threads: 1,
  connections: 1,
  spillFolder: null,
});
const parts = {
  client: await store.jobPool.connect(),
  storage: await LocalFolder.open(folder),
  engine,
  scratch: await mkdtemp(join(folder, '.restoring-')),
  signal: new AbortController().signal,
  between: (reached: RestoreStep) => {
    if (reached === step) process.kill(process.pid, 'SIGKILL');
    return Promise.resolve();
  },
};
await restoreSegment(parts, Number(segment), 'infinity');
