import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './free-port.mjs';

const EXECUTABLES = [
  // Debian's wrapper on PATH refuses ordinary users; this one does not.
  '/usr/lib/rabbitmq/bin/rabbitmq-server',
  '/opt/homebrew/sbin/rabbitmq-server',
  '/usr/local/sbin/rabbitmq-server',
];

/** Path of the rabbitmq-server that RABBITMQ_SERVER names, else of an installed one; null where there is none. */
export function findBroker() {
  return process.env['RABBITMQ_SERVER'] ?? EXECUTABLES.find((path) => existsSync(path)) ?? null;
}

/** Busy waiting of Erlang's schedulers would take the cores from the tests. */
const SCHEDULERS = '+sbwt none +sbwtdcpu none +sbwtdio none';
const START_TIMEOUT_MS = 90_000;

/**
 * A RabbitMQ node of its own, with everything that it writes in one folder. It may be killed and started again there.
 */
export class BrokerProcess {
  constructor({ folder, port, prometheusPort, configuration = [] }) {
    this.folder = folder;
    this.port = port;
    this.prometheusPort = prometheusPort;
    this.configuration = configuration;
    this.output = '';
    this.shell = null;
    this.epmd = null;
    this.ended = Promise.resolve();
  }

  /** @param options.folder becomes the folder of the node, and goes with `remove` */
  static async start({ folder, port, prometheusPort, configuration }) {
    const broker = new BrokerProcess({
      folder,
      port: port ?? (await freePort()),
      prometheusPort: prometheusPort ?? null,
      configuration,
    });
    await broker.prepare();
    await broker.start();
    return broker;
  }

  get url() {
    return `amqp://guest:guest@127.0.0.1:${this.port}`;
  }

  /** Process of the node itself, below the shell that starts it. */
  get pid() {
    return Number(readFileSync(join(this.folder, 'broker.pid'), 'utf8'));
  }

  async start() {
    await rm(join(this.folder, 'broker.pid'), { force: true });
    this.output = '';
    const shell = spawn(findBroker(), [], {
      env: this.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.shell = shell;
    this.ended = new Promise((resolve) => {
      shell.once('close', resolve);
    });
    await new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`RabbitMQ did not start in time:\n${this.output}`));
      }, START_TIMEOUT_MS);
      const read = (chunk) => {
        this.output = (this.output + chunk).slice(-100_000);
        if (this.output.includes('Server startup complete')) resolve();
      };
      shell.stdout.setEncoding('utf8').on('data', read);
      shell.stderr.setEncoding('utf8').on('data', read);
      shell.once('error', reject);
      shell.once('close', () => {
        clearTimeout(timer);
        reject(new Error(`RabbitMQ ended at its start:\n${this.output}`));
      });
    });
  }

  /** Ends the node at once, as a crash does. Resolves when it has ended. */
  async kill() {
    process.kill(this.pid, 'SIGKILL');
    await this.ended;
  }

  async stop() {
    if (this.shell !== null && this.shell.exitCode === null && this.shell.signalCode === null) {
      process.kill(this.pid, 'SIGTERM');
      const late = setTimeout(() => process.kill(this.pid, 'SIGKILL'), 15_000);
      await this.ended;
      clearTimeout(late);
    }
    this.epmd?.kill();
  }

  /** Stops it and removes what it wrote. */
  async remove() {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  /** Runs rabbitmqctl against the node; resolves with what it wrote, rejects when it failed. */
  ctl(...args) {
    const command = join(findBroker(), '../rabbitmqctl');
    return new Promise((resolve, reject) => {
      const child = spawn(command, ['--node', this.node, ...args], { env: this.environment });
      let text = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      child.once('error', reject);
      child.once('close', (code) => {
        if (code === 0) resolve(text);
        else reject(new Error(`rabbitmqctl ${args.join(' ')}: ${text}`));
      });
    });
  }

  async prepare() {
    await mkdir(this.folder, { recursive: true });
    this.node = `penstock${this.port}@localhost`;
    this.distributionPort = await freePort();
    this.epmdPort = await freePort();
    const plugins = this.prometheusPort === null ? '[].' : '[rabbitmq_prometheus].';
    await writeFile(join(this.folder, 'enabled_plugins'), plugins);
    const prometheus =
      this.prometheusPort === null
        ? []
        : ['prometheus.tcp.ip = 127.0.0.1', `prometheus.tcp.port = ${this.prometheusPort}`];
    await writeFile(
      join(this.folder, 'rabbitmq.conf'),
      [...prometheus, ...this.configuration, ''].join('\n'),
    );
    this.startNames();
    // Whoever cleans up behind a killed test run finds both here.
    await writeFile(join(this.folder, 'epmd.pid'), String(this.epmd.pid));
  }

  /** Erlang's name server. A node would start one that outlives it; this one is ours. */
  startNames() {
    this.epmd = spawn('epmd', ['-port', String(this.epmdPort), '-address', '127.0.0.1'], {
      stdio: 'ignore',
    });
  }

  get environment() {
    return {
      PATH: process.env['PATH'],
      HOME: this.folder,
      LANG: 'C.UTF-8',
      RABBITMQ_NODENAME: this.node,
      RABBITMQ_MNESIA_BASE: join(this.folder, 'mnesia'),
      RABBITMQ_LOG_BASE: join(this.folder, 'log'),
      RABBITMQ_LOGS: '-',
      RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
      RABBITMQ_NODE_PORT: String(this.port),
      RABBITMQ_DIST_PORT: String(this.distributionPort),
      ERL_EPMD_PORT: String(this.epmdPort),
      ERL_EPMD_ADDRESS: '127.0.0.1',
      RABBITMQ_CONFIG_FILE: join(this.folder, 'rabbitmq.conf'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(this.folder, 'enabled_plugins'),
      RABBITMQ_CONF_ENV_FILE: '/dev/null',
      RABBITMQ_PID_FILE: join(this.folder, 'broker.pid'),
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: SCHEDULERS,
    };
  }
}
