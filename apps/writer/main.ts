import 'reflect-metadata';
import { runProcess } from '#process';
import { startWriter } from './start-writer.ts';

await runProcess('writer', startWriter);
