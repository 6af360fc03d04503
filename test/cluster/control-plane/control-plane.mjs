import { Buffer } from 'node:buffer';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastingPort } from '../../support/free-port.mjs';
import { findPrograms } from './programs.mjs';
import { ServerProcess } from './server-process.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const START_MS = 120_000;
const REQUEST_MS = 10_000;

/** Only what programs with a ServiceAccount ask is written to the audit log; tests count its lines. */
const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata', userGroups: ['system:serviceaccounts'] }, { level: 'None' }],
};

/** Two zones, so that topology spread has something to spread over. */
const NODES = ['a', 'b'].map((zone) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: `node-${zone}`,
    labels: {
      'kubernetes.io/hostname': `node-${zone}`,
      'kubernetes.io/os': 'linux',
      'topology.kubernetes.io/zone': `zone-${zone}`,
    },
  },
}));

/** Claims are bound by the controller manager, which makes empty folders for them below /tmp/hostpath_pv. */
const STORAGE_CLASS = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: {
    name: 'standard',
    annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
  },
  provisioner: 'kubernetes.io/host-path',
};

/**
 * etcd, API server, controller manager, scheduler and kwok of one Kubernetes, on loopback ports of their own, with
 * everything that they write in one folder. Pods are played by kwok: they get ready and run nothing.
 */
export class ControlPlane {
  constructor({ folder, programs, ports }) {
    this.folder = folder;
    this.ports = ports;
    this.programs = programs;
    this.url = `https://127.0.0.1:${ports.api}`;
    this.tokens = Object.fromEntries(
      ['admin', 'controllers', 'kwok'].map((name) => [name, randomBytes(16).toString('hex')]),
    );
    this.processes = this.describeProcesses();
  }

  /** @param options.folder becomes its folder, and goes with `remove` */
  static async start({ folder }) {
    const programs = findPrograms();
    if (programs === null) throw new Error('the programs of the control plane are not there');
    mkdirSync(folder, { recursive: true });
    const ports = {
      etcd: await lastingPort(),
      peers: await lastingPort(),
      api: await lastingPort(),
    };
    const controlPlane = new ControlPlane({ folder, programs, ports });
    try {
      await controlPlane.start();
    } catch (error) {
      await controlPlane.stop();
      throw error;
    }
    return controlPlane;
  }

  async start() {
    this.writeFiles();
    await this.startProgram('etcd');
    await this.startProgram('kube-apiserver');
    for (const user of ['admin', 'controllers', 'kwok']) this.writeKubeconfig(user);
    await Promise.all(
      ['kube-controller-manager', 'kube-scheduler', 'kwok'].map((name) => this.startProgram(name)),
    );
    for (const node of NODES) await this.create('/api/v1/nodes', node);
    await this.create('/apis/storage.k8s.io/v1/storageclasses', STORAGE_CLASS);
    // The controller manager makes it: a namespace without one takes no pods.
    const account = '/api/v1/namespaces/default/serviceaccounts/default';
    await this.until(async () => (await this.call('GET', account)).status === 200);
    await this.until(async () => {
      const { items } = JSON.parse((await this.call('GET', '/api/v1/nodes')).text);
      const isReady = ({ type, status }) => type === 'Ready' && status === 'True';
      return items.every(({ status }) => status?.conditions?.some(isReady));
    });
  }

  /** Starts one of its programs, also again after `stopProgram`; resolves when it serves. */
  async startProgram(name) {
    const ready = {
      etcd: () => answers(`http://127.0.0.1:${this.ports.etcd}/health`),
      'kube-apiserver': async () =>
        existsSync(this.authorityFile) && (await this.call('GET', '/readyz')).status === 200,
    };
    await this.processes[name].start(ready[name] ?? (() => true), START_MS);
  }

  async stopProgram(name) {
    await this.processes[name].stop();
  }

  /** Drops all history of etcd, so that who goes on from an older version of a resource gets 410. */
  async compact() {
    const version = JSON.parse((await this.call('GET', '/api/v1/nodes')).text).metadata
      .resourceVersion;
    await answers(`http://127.0.0.1:${this.ports.etcd}/v3/kv/compaction`, {
      revision: version,
      physical: true,
    });
  }

  async stop() {
    for (const name of ['kwok', 'kube-scheduler', 'kube-controller-manager'])
      await this.processes[name].kill();
    for (const name of ['kube-apiserver', 'etcd']) await this.processes[name].kill();
  }

  /** Stops it and removes what it wrote. */
  async remove() {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  /** What a client needs, as plain JSON. */
  get access() {
    return {
      url: this.url,
      authority: readFileSync(this.authorityFile, 'utf8'),
      token: this.tokens.admin,
      kubeconfig: this.kubeconfigFile('admin'),
      auditLog: this.file('audit.log'),
      folder: this.folder,
    };
  }

  /** The API server makes a certificate for itself, and keeps it over restarts. */
  get authorityFile() {
    return this.file('certificates/apiserver.crt');
  }

  kubeconfigFile(user) {
    return this.file(`${user}.kubeconfig`);
  }

  file(name) {
    return join(this.folder, name);
  }

  describeProcesses() {
    const { folder, ports, programs } = this;
    const kubeconfig = (user) => `--kubeconfig=${this.kubeconfigFile(user)}`;
    const args = {
      etcd: [
        `--data-dir=${this.file('etcd')}`,
        `--listen-client-urls=http://127.0.0.1:${ports.etcd}`,
        `--advertise-client-urls=http://127.0.0.1:${ports.etcd}`,
        `--listen-peer-urls=http://127.0.0.1:${ports.peers}`,
        `--initial-advertise-peer-urls=http://127.0.0.1:${ports.peers}`,
        `--initial-cluster=default=http://127.0.0.1:${ports.peers}`,
        '--unsafe-no-fsync',
        '--log-level=warn',
      ],
      'kube-apiserver': [
        `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
        '--bind-address=127.0.0.1',
        `--secure-port=${ports.api}`,
        '--advertise-address=127.0.0.1',
        '--endpoint-reconciler-type=none',
        `--cert-dir=${this.file('certificates')}`,
        `--token-auth-file=${this.file('tokens.csv')}`,
        '--authorization-mode=Node,RBAC',
        '--service-account-issuer=https://kubernetes.default.svc',
        `--service-account-key-file=${this.file('service-accounts.pub')}`,
        `--service-account-signing-key-file=${this.file('service-accounts.key')}`,
        '--service-cluster-ip-range=10.96.0.0/16',
        `--audit-policy-file=${this.file('audit-policy.json')}`,
        `--audit-log-path=${this.file('audit.log')}`,
        '--profiling=false',
      ],
      'kube-controller-manager': [
        kubeconfig('controllers'),
        '--controllers=*',
        '--leader-elect=false',
        '--secure-port=0',
        `--service-account-private-key-file=${this.file('service-accounts.key')}`,
        `--root-ca-file=${this.authorityFile}`,
        '--enable-hostpath-provisioner=true',
        // Nobody sends heartbeats of the nodes, and a node that has none for 50 s takes the readiness from its pods.
        '--node-monitor-grace-period=24h',
        '--kube-api-qps=300',
        '--kube-api-burst=600',
      ],
      'kube-scheduler': [
        kubeconfig('controllers'),
        '--leader-elect=false',
        '--secure-port=0',
        '--kube-api-qps=300',
        '--kube-api-burst=600',
      ],
      kwok: [
        kubeconfig('kwok'),
        '--manage-all-nodes=true',
        `--config=${join(HERE, 'stages.yaml')}`,
      ],
    };
    return Object.fromEntries(
      Object.keys(args).map((name) => [
        name,
        new ServerProcess({ name, path: programs[name], args: args[name], folder }),
      ]),
    );
  }

  writeFiles() {
    const write = (name, text) => {
      writeFileSync(this.file(name), text, { mode: 0o600 });
    };
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    write('service-accounts.key', privateKey.export({ type: 'pkcs1', format: 'pem' }));
    write('service-accounts.pub', publicKey.export({ type: 'spki', format: 'pem' }));
    write('audit-policy.json', JSON.stringify(AUDIT_POLICY));
    const rows = Object.entries(this.tokens).map(
      ([user, token]) => `${token},${user},${user},"system:masters"`,
    );
    write('tokens.csv', rows.join('\n'));
  }

  /** JSON is YAML, without its surprises. */
  writeKubeconfig(user) {
    const cluster = { server: this.url, 'certificate-authority': this.authorityFile };
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'test', cluster }],
      users: [{ name: user, user: { token: this.tokens[user] } }],
      contexts: [{ name: 'test', context: { cluster: 'test', user } }],
      'current-context': 'test',
    };
    writeFileSync(this.kubeconfigFile(user), JSON.stringify(config), { mode: 0o600 });
  }

  async create(path, object) {
    const { status, text } = await this.call('POST', path, object);
    if (status !== 201) throw new Error(`POST ${path}: ${status} ${text}`);
  }

  async until(condition) {
    const deadline = Date.now() + START_MS;
    while (!(await condition())) {
      if (Date.now() > deadline)
        throw new Error(`the control plane does not settle:\n${this.logTails}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  get logTails() {
    return Object.values(this.processes)
      .map((process) => `${process.name}: ${process.logTail}`)
      .join('\n');
  }

  /** One request as admin; status 0 when nobody answered. */
  call(method, path, body) {
    this.agent ??= new Agent({ ca: readFileSync(this.authorityFile), keepAlive: true });
    return send(httpsRequest, `${this.url}${path}`, {
      method,
      body,
      agent: this.agent,
      headers: { authorization: `Bearer ${this.tokens.admin}` },
    });
  }
}

async function answers(url, body) {
  const { status } = await send(httpRequest, url, {
    method: body === undefined ? 'GET' : 'POST',
    body,
  });
  return status === 200;
}

function send(request, url, { method, body, agent, headers = {} }) {
  return new Promise((resolve) => {
    const nobody = () => {
      resolve({ status: 0, text: '' });
    };
    const outgoing = request(
      url,
      {
        method,
        agent,
        timeout: REQUEST_MS,
        headers: { ...headers, 'content-type': 'application/json' },
      },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.once('error', nobody);
        response.once('end', () => {
          resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString() });
        });
      },
    );
    outgoing.once('timeout', () => outgoing.destroy());
    outgoing.once('error', nobody);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
