import { parseArgs } from 'node:util';
import { chart } from './chart.ts';
import { SCENARIOS } from './scenarios.ts';
import { simulate } from './simulate.ts';

/** `npm run simulate -- --load spike`: how the number of writers follows a load, as a chart. */
const { values } = parseArgs({ options: { load: { type: 'string', default: 'spike' } } });
const world = SCENARIOS[values.load];
if (world === undefined) {
  process.stderr.write(`--load is one of ${Object.keys(SCENARIOS).join(', ')}\n`);
  process.exitCode = 64;
} else process.stdout.write(`${chart(simulate(world))}\n`);
