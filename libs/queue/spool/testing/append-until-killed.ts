import { writeSync } from 'node:fs';
import { Telemetry } from '#telemetry';
import { openSpool } from '../open-spool.ts';
import { makeBatch } from './make-batch.ts';
import { Broker } from './broker.ts';

/**
 * A program that is killed: appends batches from the given number on, many at once, and writes the number of each to
 * its standard output once it is durable. Arguments: folder, first number.
 */
const [folder = '', first = '0'] = process.argv.slice(2);
const CONCURRENCY = 20;

const spool = await openSpool({
  folder,
  maxBytes: 1 << 30,
  segmentBytes: 256 * 1024,
  publisher: new Broker(false),
  telemetry: new Telemetry(() => undefined),
});
const wait = new AbortController().signal;
let next = Number(first);
async function append(): Promise<never> {
  for (;;) {
    const number = next++;
    const { kind } = await spool.publisher.publish(makeBatch(number, (number * 131) % 9_000), wait);
    if (kind !== 'durable') throw new Error(`batch ${number} is ${kind}`);
    writeSync(1, `${number}\n`);
  }
}
await Promise.all(Array.from({ length: CONCURRENCY }, append));
