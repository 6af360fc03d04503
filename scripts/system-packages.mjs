/**
 * Programs that tests need and npm does not bring. apt may be asked by root only; elsewhere the suites that need them
 * are skipped by name.
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { findBroker } from '../test/support/rabbitmq-server.mjs';
import { run, tail } from './process.mjs';

const APT = '/usr/bin/apt-get';
const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** invoke-rc.d asks this program whether a service may be started; 101 forbids it. */
const SERVICE_POLICY = '/usr/sbin/policy-rc.d';

export async function installBrowser(say) {
  if (process.env['CHROMIUM_PATH'] !== undefined || CHROMIUM.some((path) => existsSync(path)))
    return;
  await install('Chromium', ['chromium', 'fonts-dejavu-core'], say);
}

export async function installBroker(say) {
  if (process.env['RABBITMQ_URL'] !== undefined || findBroker() !== null) return;
  await install('RabbitMQ', ['rabbitmq-server'], say);
}

async function install(name, packages, say) {
  if (process.getuid?.() !== 0 || !existsSync(APT)) return;
  say(`installing ${name} for its suites`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const allowServices = forbidServices();
  try {
    await run(APT, ['update'], { env });
    const { code, output } = await run(
      APT,
      ['install', '--yes', '--no-install-recommends', ...packages],
      { env },
    );
    if (code !== 0) say(`apt-get install ${packages.join(' ')} failed:\n${tail(output, 5)}`);
  } finally {
    allowServices();
  }
}

/** A package of a server starts it as a service; the tests run their own. Returns what lifts the ban. */
function forbidServices() {
  if (existsSync(SERVICE_POLICY)) return () => undefined;
  writeFileSync(SERVICE_POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const allow = () => {
    rmSync(SERVICE_POLICY, { force: true });
  };
  process.once('exit', allow);
  return () => {
    process.removeListener('exit', allow);
    allow();
  };
}
