import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const STOP_MS = 10_000;
const POLL_MS = 50;
const LOG_TAIL = 4_000;

/** One program of the control plane: its output in `<name>.log`, its id in `<name>.pid` of a folder. */
export class ServerProcess {
  constructor({ name, path, args, folder }) {
    this.name = name;
    this.path = path;
    this.args = args;
    this.folder = folder;
    this.child = null;
    this.ended = Promise.resolve();
  }

  /** Starts it; resolves once `isReady` resolves with true, rejects when it ends before or takes too long. */
  async start(isReady, timeoutMs) {
    this.spawn();
    const deadline = Date.now() + timeoutMs;
    while (!(await isReady())) {
      if (!this.isRunning) throw new Error(`${this.name} ended at its start:\n${this.logTail}`);
      if (Date.now() > deadline)
        throw new Error(`${this.name} is not ready after ${timeoutMs} ms:\n${this.logTail}`);
      await delay(POLL_MS);
    }
  }

  get isRunning() {
    return this.child !== null && this.child.exitCode === null && this.child.signalCode === null;
  }

  get logTail() {
    return readFileSync(this.logFile, 'utf8').slice(-LOG_TAIL);
  }

  get logFile() {
    return join(this.folder, `${this.name}.log`);
  }

  /** As a crash does. */
  async kill() {
    if (this.isRunning) this.child.kill('SIGKILL');
    await this.ended;
  }

  async stop() {
    if (this.isRunning) this.child.kill('SIGTERM');
    const late = setTimeout(() => this.child?.kill('SIGKILL'), STOP_MS);
    await this.ended;
    clearTimeout(late);
  }

  spawn() {
    const log = openSync(this.logFile, 'a');
    const child = spawn(this.path, this.args, { stdio: ['ignore', log, log] });
    closeSync(log);
    this.child = child;
    this.ended = new Promise((resolve) => {
      child.once('close', resolve);
      child.once('error', resolve);
    });
    // Whoever cleans up behind a killed test run finds it here.
    if (child.pid !== undefined)
      writeFileSync(join(this.folder, `${this.name}.pid`), String(child.pid));
  }
}
