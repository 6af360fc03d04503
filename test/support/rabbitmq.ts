import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrokerProcess } from './rabbitmq-server.mjs';

/** URL of the broker that all suites share; each uses queues with names of its own. Started by the first that asks. */
export async function sharedBroker(): Promise<string> {
  const given = process.env['RABBITMQ_URL'];
  if (given !== undefined) return given;
  const desk = process.env['PENSTOCK_TEST_BROKER'];
  if (desk === undefined) throw new Error('PENSTOCK_TEST_BROKER is not set: run the tests by Jest');
  const answer = await fetch(desk);
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text;
}

/** A broker for one suite, which may kill it or raise its alarms. `remove` it in the end. */
export async function ownBroker(configuration: readonly string[] = []): Promise<BrokerProcess> {
  // Loaded here: it is no TypeScript, and most suites share the other broker.
  const { BrokerProcess: Broker } = await import('./rabbitmq-server.mjs');
  const folder = await mkdtemp(join(tmpdir(), 'penstock-broker-'));
  return await Broker.start({ folder, configuration });
}
