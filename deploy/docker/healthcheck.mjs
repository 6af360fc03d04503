/**
 * HEALTHCHECK of the image: asks the container's process at /health/live, or at /health/ready when called with
 * `ready`. Exit code 0 when the answer is 200; else 1, with one line that says why.
 */
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { get as getSecurely } from 'node:https';
import { PROCESSES, healthPort, speaksTls } from './processes.mjs';

const TIMEOUT_MS = 4_000;

/** The process that a command line of PID 1 starts: `node ... penstock.mjs writer`, perhaps below an init. */
export function processOf(commandLine) {
  const words = commandLine.split('\0');
  const name = words[words.findIndex((word) => word.endsWith('/penstock.mjs')) + 1];
  return name !== undefined && Object.hasOwn(PROCESSES, name) ? name : null;
}

/** Resolves with null when the answer is 200, else with the reason. */
export function probe(port, path, secure = false) {
  return new Promise((resolve) => {
    // The certificate is for other names than this one.
    const request = (secure ? getSecurely : get)(
      {
        host: '127.0.0.1',
        port,
        path,
        timeout: TIMEOUT_MS,
        agent: false,
        rejectUnauthorized: false,
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => {
          if (body.length < 1_000) body += chunk;
        });
        response.on('end', () => {
          resolve(response.statusCode === 200 ? null : `${path}: ${response.statusCode} ${body}`);
        });
      },
    );
    request.on('timeout', () => {
      request.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`));
    });
    request.on('error', (error) => {
      resolve(`${path}: ${error.message}`);
    });
  });
}

async function check(kind) {
  const name = processOf(readFileSync('/proc/1/cmdline', 'utf8'));
  if (name === null) return 'PID 1 is no process of Penstock';
  return await probe(
    healthPort(name, process.env),
    `/health/${kind}`,
    speaksTls(name, process.env),
  );
}

if (process.argv[1]?.endsWith('/healthcheck.mjs')) {
  const reason = await check(process.argv[2] === 'ready' ? 'ready' : 'live');
  if (reason !== null) {
    console.error(reason);
    process.exitCode = 1;
  }
}
