import 'reflect-metadata';
import { runProcess } from '#process';
import { startIngest } from './start-ingest.ts';

await runProcess('ingest', startIngest);
