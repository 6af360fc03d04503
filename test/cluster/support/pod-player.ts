import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProgramExit } from '../../support/running-process.ts';
import { RunningProcess } from '../../support/running-process.ts';
import type { KubernetesObject } from './kubernetes-object.ts';
import { valueAt } from './kubernetes-object.ts';
import type { TestCluster } from './test-cluster.ts';

const PROGRAMS = join(import.meta.dirname, '../../../dist/apps');
const POLL_MS = 200;

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef?: { readonly name: string; readonly key: string } };
}

/**
 * What a kubelet does with the pods of one component of a pipeline: for every pod that there is, a process with the
 * settings that the pod names, from its ConfigMap and Secrets; its end, when the pod goes.
 */
export class PodPlayer {
  /** How processes ended whose pods went. */
  readonly exits: ProgramExit[] = [];
  private readonly cluster: TestCluster;
  private readonly namespace: string;
  private readonly component: string;
  private readonly running = new Map<string, RunningProcess>();
  private readonly ending: Promise<void>[] = [];
  private isStopping = false;
  private looking: Promise<void> = Promise.resolve();
  private failure: unknown = null;

  /** @param component of our own processes, which is the name of its program too */
  constructor(cluster: TestCluster, namespace: string, component: 'ingest' | 'writer') {
    this.cluster = cluster;
    this.namespace = namespace;
    this.component = component;
  }

  /** Begins to start processes; until then pods are as those whose image is being pulled. */
  start(): void {
    this.looking = this.lookRepeatedly().catch((error: unknown) => {
      this.failure = error;
    });
  }

  get processes(): readonly RunningProcess[] {
    if (this.failure !== null) throw new Error('pods are not played', { cause: this.failure });
    return [...this.running.values()];
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await this.looking;
    await Promise.all([...this.running.values()].map((each) => each.stop()));
    await Promise.all(this.ending);
  }

  private async lookRepeatedly(): Promise<void> {
    while (!this.isStopping) {
      await this.look();
      await delay(POLL_MS);
    }
  }

  private async look(): Promise<void> {
    const pods = await this.cluster.admin.list(
      { apiVersion: 'v1', kind: 'Pod', namespace: this.namespace },
      `app.kubernetes.io/component=${this.component}`,
    );
    const names = new Set(pods.map(({ metadata }) => metadata.name ?? ''));
    for (const [name, process] of this.running) if (!names.has(name)) this.end(name, process);
    for (const pod of pods) {
      const name = pod.metadata.name ?? '';
      if (!this.running.has(name)) this.running.set(name, await this.launch(pod));
    }
  }

  private end(name: string, process: RunningProcess): void {
    this.running.delete(name);
    this.ending.push(
      process.stop().then((exit) => {
        this.exits.push(exit);
      }),
    );
  }

  private async launch(pod: KubernetesObject): Promise<RunningProcess> {
    const container = `spec.containers.${this.component}`;
    const config = String(valueAt(pod, `${container}.envFrom.0.configMapRef.name`));
    const settings = await this.read('ConfigMap', config);
    const variables = (valueAt(pod, `${container}.env`) ?? []) as readonly Variable[];
    const values = await Promise.all(
      variables.map(async (each) => [each.name, await this.valueOf(each)]),
    );
    return RunningProcess.spawn({
      main: join(PROGRAMS, this.component, 'main.js'),
      environment: {
        ...settings,
        ...(Object.fromEntries(values) as Record<string, string>),
        // All pods have one address here.
        HTTP_HOST: '127.0.0.1',
        HTTP_PORT: '0',
        OPERATIONS_PORT: '0',
        LOG_LEVEL: 'info',
      },
    });
  }

  private async valueOf({ value = '', valueFrom }: Variable): Promise<string> {
    const reference = valueFrom?.secretKeyRef;
    if (reference === undefined) return value;
    const data = await this.read('Secret', reference.name);
    return Buffer.from(data[reference.key] ?? '', 'base64').toString();
  }

  private async read(kind: string, name: string): Promise<Readonly<Record<string, string>>> {
    const { namespace } = this;
    const found = await this.cluster.admin.get({ apiVersion: 'v1', kind, namespace, name });
    return (found['data'] ?? {}) as Record<string, string>;
  }
}
