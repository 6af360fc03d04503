import 'reflect-metadata';
import { runProcess } from '#process/bare';
import { startOperator } from './start-operator.ts';

await runProcess('operator', startOperator);
