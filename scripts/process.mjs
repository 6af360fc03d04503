import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';

/**
 * Runs a program to its end and keeps its output. Resolves with its exit code and what it wrote;
 * `echo` names the stream to show as it comes. One that takes longer than `timeoutMs` is killed.
 */
export function run(command, args, { cwd, env = process.env, echo = null, timeoutMs = 0 } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    const end = () => child.kill('SIGTERM');
    process.once('exit', end);
    const output = [];
    for (const name of ['stdout', 'stderr'])
      child[name].on('data', (chunk) => {
        output.push(chunk);
        if (echo === name) process.stdout.write(chunk);
      });
    child.once('error', (error) => {
      resolve({ code: 127, output: `${command}: ${error.message}` });
    });
    child.once('close', (code, signal) => {
      process.removeListener('exit', end);
      resolve({
        code: code ?? 1,
        output: Buffer.concat(output).toString() + (signal ? `\nended by ${signal}` : ''),
      });
    });
  });
}

/** The last lines of an output that are not empty. */
export function tail(output, lines = 40) {
  return output
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-lines)
    .join('\n');
}
