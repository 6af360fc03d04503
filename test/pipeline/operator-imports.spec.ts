import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'dist/apps/operator/start-operator.js');

/** Prints the packages that a module has loaded, each once. */
const PROGRAM = `
  import { registerHooks } from 'node:module';
  const packages = new Set();
  registerHooks({
    load(url, context, next) {
      const found = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url);
      if (found !== null) packages.add(found[1]);
      return next(url, context);
    },
  });
  await import(${JSON.stringify(MAIN)});
  console.log(JSON.stringify([...packages]));
  process.exit();
`;

/** They take as much memory as all the rest of the operator, which asks nothing of any backend. */
const HEAVY = ['fastify', '@nestjs/platform-fastify', 'typeorm', 'pg', 'amqplib', 'meilisearch'];

it('the operator loads no server of calls, no client of a backend and no models of Kubernetes', async () => {
  const args = ['--input-type=module', '--eval', PROGRAM];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT });
  const packages = JSON.parse(stdout) as readonly string[];
  expect(packages).toEqual(expect.arrayContaining(['@nestjs/core', 'prom-client']));
  const kept = [...HEAVY, '@kubernetes/client-node', 'jose', '@duckdb/node-api'];
  expect(packages.filter((name) => kept.includes(name))).toEqual([]);
});
