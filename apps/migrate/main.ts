import 'reflect-metadata';
import { runProcess } from '#process';
import { startMigrate } from './start-migrate.ts';

await runProcess('migrate', startMigrate);
// The one thing that there was to do is done.
process.exit(0);
