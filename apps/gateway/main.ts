import 'reflect-metadata';
import { runProcess } from '#process';
import { startGateway } from './start-gateway.ts';

await runProcess('gateway', startGateway);
