import 'reflect-metadata';
import { runProcess } from '#process';
import { startOperator } from './start-operator.ts';

await runProcess('operator', startOperator);
