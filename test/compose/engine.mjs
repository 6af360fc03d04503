import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { has, output, until } from './command.mjs';

/** A Docker engine, and whether it can pull the images that docker-compose.yml names. */
export async function openEngine(folder) {
  if (await has('docker', ['info'])) {
    return { environment: {}, ownNetwork: true, close: () => Promise.resolve() };
  }
  if (process.getuid?.() !== 0 || !(await has('dockerd'))) return null;
  return await startEngine(folder);
}

/** An engine of our own, which changes no rules of the host's firewall. */
async function startEngine(folder) {
  mkdirSync(folder, { recursive: true });
  const socket = `unix://${join(folder, 'docker.sock')}`;
  const log = openSync(join(folder, 'dockerd.log'), 'a');
  const flags = ['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec')];
  flags.push('--pidfile', join(folder, 'docker.pid'), '--host', socket);
  flags.push('--iptables=false', '--bridge=none');
  const daemon = spawn('dockerd', flags, { stdio: ['ignore', log, log] });
  closeSync(log);
  const ended = new Promise((resolve) => daemon.once('exit', resolve));
  const environment = { DOCKER_HOST: socket };
  const env = { ...process.env, ...environment };
  try {
    await until('the Docker engine answers', () => output('docker', ['info'], { env }));
  } catch (error) {
    daemon.kill('SIGTERM');
    throw error;
  }
  return {
    environment,
    ownNetwork: false,
    close: async () => {
      daemon.kill('SIGTERM');
      await ended;
    },
  };
}
