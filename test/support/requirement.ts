import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, it } from '@jest/globals';
import { findPrograms } from '../cluster/control-plane/programs.mjs';
import { findMeilisearch } from './meilisearch-server.ts';
import { locateMeilisearch } from './meilisearch.ts';
import { findBroker } from './rabbitmq-server.mjs';
import { findS3Server } from './s3-server/program.mjs';

/** Something a suite needs from the machine, and how to get it. */
export interface Requirement {
  readonly name: string;
  readonly remedy: string;
  /** Where it is, or null when it is missing. */
  readonly found: string | null;
  /** No package registry has it, so that its absence is no failure in CI. */
  readonly optional?: true;
}

/**
 * A suite that needs something of the machine. Where it is missing, the whole suite is skipped and says so by name;
 * in CI (`CI=true`) that is a failure, unless it is optional. Single tests are never skipped.
 */
export function suite(name: string, needs: Requirement, tests: (found: string) => void): void {
  if (needs.found !== null) {
    const { found } = needs;
    describe(name, () => {
      tests(found);
    });
    return;
  }
  const reason = `${name}: skipped, needs ${needs.name} (${needs.remedy})`;
  if (process.env['CI'] === 'true' && needs.optional !== true) {
    describe(name, () => {
      it(`finds ${needs.name}`, () => {
        throw new Error(reason);
      });
    });
    return;
  }
  process.stderr.write(`${reason}\n`);
  describe.skip(reason, () => {
    tests('');
  });
}

const BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Chromium's executable, for playwright-core. */
export const browser: Requirement = {
  name: 'Chromium',
  remedy: 'apt-get install chromium, or CHROMIUM_PATH',
  found: firstExecutable([process.env['CHROMIUM_PATH'] ?? '', ...BROWSERS]),
};

/** A broker: the one of RABBITMQ_URL, or an installed server that the tests start (test/support/rabbitmq.ts). */
export const rabbitmq: Requirement = {
  name: 'RabbitMQ',
  remedy: 'apt-get install rabbitmq-server, or RABBITMQ_URL, or RABBITMQ_SERVER',
  found: process.env['RABBITMQ_URL'] ?? findBroker(),
};

/** A broker that the tests may kill, so RABBITMQ_URL will not do. */
export const ownRabbitmq: Requirement = {
  name: 'an installed RabbitMQ',
  remedy: 'apt-get install rabbitmq-server, or RABBITMQ_SERVER',
  found: findBroker(),
};

/** A server that suites may make indexes on, under names of their own (test/support/meilisearch.ts). */
export const meilisearch: Requirement = {
  optional: true,
  name: 'Meilisearch',
  remedy: '`meilisearch` on PATH, or MEILI_URL and MEILI_API_KEY, or its image in Docker',
  get found() {
    return locateMeilisearch();
  },
};

/** A server that the tests may kill. */
export const ownMeilisearch: Requirement = {
  optional: true,
  name: 'an installed Meilisearch',
  remedy: '`meilisearch` on PATH',
  found: findMeilisearch(),
};

/** A server of the tests' own (test/support/s3-server). */
export const s3Server: Requirement = {
  name: 'an S3 server',
  remedy: 'Go 1.26 or newer and npm run build:s3-server, or versitygw on PATH or by S3_TEST_SERVER',
  found: findS3Server(),
};

/** A control plane of the tests' own (test/cluster/control-plane). */
export const kubernetes: Requirement = {
  name: 'the programs of a Kubernetes control plane',
  remedy: 'Go 1.26 or newer and npm run build:control-plane',
  found: findPrograms()?.['kube-apiserver'] ?? null,
};

/** Of whatever version: it speaks to newer and older servers. */
export const kubectl: Requirement = {
  name: 'kubectl',
  remedy: '`kubectl` on PATH',
  found: firstExecutable(
    (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'kubectl')),
  ),
  optional: true,
};

function firstExecutable(paths: readonly string[]): string | null {
  for (const path of paths) {
    try {
      accessSync(path, constants.X_OK);
      if (path !== '') return path;
    } catch {
      // Not this one.
    }
  }
  return null;
}
