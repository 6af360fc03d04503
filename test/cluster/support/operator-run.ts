import { randomBytes } from 'node:crypto';
import type { RunningProcess } from '../../support/running-process.ts';
import { auditedRequests, isWrite, type AuditedRequest } from './audit-log.ts';
import { FOREIGN_DEFINITIONS } from './foreign-kinds.ts';
import { referenceTo } from './kube-client.ts';
import { installRights, startOperator, type InstalledRights } from './operator-process.ts';
import { operatorFigures, type OperatorFigures } from './operator-figures.ts';
import { TestPipelines } from './test-pipelines.ts';
import { TestCluster } from './test-cluster.ts';

export interface OperatorRunOptions {
  /** Default: Cluster. */
  readonly scope?: 'Cluster' | 'Namespace';
  /** Makes the API know the kinds of other projects that pipelines can use. */
  readonly foreignKinds?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

/** How an operator differs from the one before. */
export interface OperatorVariant {
  readonly environment?: Readonly<Record<string, string>>;
  /** Folder of the built program; default: the one of this repository. */
  readonly program?: string;
}

/**
 * What a suite of the operator stands on: the kind LogPipeline, the rights of the chart, two namespaces, and operators
 * as processes. `stop` takes all of it away again.
 */
export class OperatorRun {
  readonly cluster: TestCluster;
  readonly rights: InstalledRights;
  readonly pipelines: TestPipelines;
  /** Namespace of the operators. */
  readonly home: string;
  /** Of which `operator` is the one started last. */
  readonly operators: RunningProcess[] = [];
  private readonly options: OperatorRunOptions;

  private constructor(
    cluster: TestCluster,
    rights: InstalledRights,
    namespace: string,
    home: string,
    options: OperatorRunOptions,
  ) {
    this.cluster = cluster;
    this.rights = rights;
    this.pipelines = new TestPipelines(cluster, namespace, () => this.operatorText);
    this.home = home;
    this.options = options;
  }

  static async start(options: OperatorRunOptions = {}): Promise<OperatorRun> {
    const { scope = 'Cluster', foreignKinds = false } = options;
    const cluster = await TestCluster.shared();
    await cluster.createDefinition();
    if (foreignKinds) for (const each of FOREIGN_DEFINITIONS) await cluster.define(each);
    const namespace = await cluster.createNamespace('logs');
    const home = scope === 'Namespace' ? namespace : await cluster.createNamespace('operator');
    const rights = await installRights(cluster, home, scope);
    const run = new OperatorRun(cluster, rights, namespace, home, options);
    await run.startOperator();
    return run;
  }

  /** One operator more. */
  async startOperator({ environment, program }: OperatorVariant = {}): Promise<RunningProcess> {
    const started = await startOperator(this.cluster, {
      home: this.home,
      serviceAccount: this.rights.serviceAccount,
      watched: this.pipelines.namespace,
      environment: { ...this.rights.environment, ...this.options.environment, ...environment },
      ...(program !== undefined && { program }),
    });
    this.operators.push(started);
    return started;
  }

  /** Ends the operators and starts one. */
  async restart(variant: OperatorVariant = {}): Promise<void> {
    await this.stopOperators();
    await this.startOperator(variant);
  }

  get operator(): RunningProcess {
    const last = this.operators.at(-1);
    if (last === undefined) throw new Error('no operator was started');
    return last;
  }

  private get operatorText(): string {
    return this.operators.map(({ text }) => text).join('\n');
  }

  /** Changes nothing that matters, so that the operator looks at the pipeline again. */
  async touch(name: string): Promise<void> {
    const annotations = { touched: randomBytes(4).toString('hex') };
    await this.cluster.admin.patch(this.pipelines.reference(name), { metadata: { annotations } });
  }

  /** Has every one of the pipelines looked at again so many times. */
  async passes(count: number, names: readonly string[]): Promise<void> {
    for (let pass = 0; pass < count; pass += 1)
      for (const name of names) {
        const { reconciliations } = await this.figures();
        await this.touch(name);
        await this.pipelines.until(`${name} was looked at`, async () => {
          return (await this.figures()).reconciliations > reconciliations;
        });
      }
    await this.idle();
  }

  /** Until nothing waits to be reconciled. */
  async idle(): Promise<void> {
    await this.pipelines.until('the operator is idle', async () => {
      return (await this.figures()).queueLength === 0;
    });
  }

  figures(): Promise<OperatorFigures> {
    return operatorFigures(this.operator.url);
  }

  /** What the operators asked of the API server so far, but for their lease. */
  async requests(): Promise<AuditedRequest[]> {
    const user = `system:serviceaccount:${this.home}:${this.rights.serviceAccount}`;
    const all = await auditedRequests(this.cluster.access.auditLog, user);
    return all.filter(({ resource }) => resource !== 'leases');
  }

  async writes(): Promise<AuditedRequest[]> {
    return (await this.requests()).filter(isWrite);
  }

  async stop(): Promise<void> {
    const { cluster, pipelines, home } = this;
    // While the operator runs still, as people do it; the rest goes with the namespace.
    await pipelines.removeAll();
    await this.stopOperators();
    await this.rights.remove();
    for (const name of new Set([pipelines.namespace, home])) await cluster.deleteNamespace(name);
    if (this.options.foreignKinds === true)
      for (const each of FOREIGN_DEFINITIONS) await cluster.admin.delete(referenceTo(each));
    cluster.close();
  }

  private async stopOperators(): Promise<void> {
    await Promise.all(this.operators.map((each) => each.stop()));
  }
}
