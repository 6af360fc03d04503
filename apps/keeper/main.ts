import 'reflect-metadata';
import { runProcess } from '#process';
import { startKeeper } from './start-keeper.ts';

await runProcess('keeper', startKeeper);
