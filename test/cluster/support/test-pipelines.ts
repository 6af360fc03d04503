import type { WrittenSpec } from '#pipeline';
import { waitUntil } from '../../support/wait-until.ts';
import type { KubernetesObject, ResourceReference } from './kubernetes-object.ts';
import { memberAt, valueAt } from './kubernetes-object.ts';
import type { TestCluster } from './test-cluster.ts';

export const PIPELINE = { apiVersion: 'penstock.dev/v1alpha1', kind: 'LogPipeline' } as const;

/** Longest wait for something that the operator and the control plane do; both may be busy with more than the test. */
const PATIENCE_MS = 90_000;

const CHILDREN: readonly (readonly [string, string])[] = [
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['batch/v1', 'Job'],
  ['v1', 'Service'],
  ['v1', 'ConfigMap'],
  ['v1', 'ServiceAccount'],
  ['networking.k8s.io/v1', 'NetworkPolicy'],
  ['networking.k8s.io/v1', 'Ingress'],
  ['policy/v1', 'PodDisruptionBudget'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler'],
];

/** Of what is not the operator's to make. */
const GRANDCHILDREN: readonly (readonly [string, string])[] = [
  ['apps/v1', 'ReplicaSet'],
  ['v1', 'Pod'],
];

export interface ToldCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration: number;
}

type Holds = (condition: ToldCondition) => boolean;

/** The pipelines of a suite, in a namespace of their own, and what became of them. */
export class TestPipelines {
  readonly namespace: string;
  private readonly cluster: TestCluster;
  /** For messages. */
  private readonly operatorText: () => string;

  constructor(cluster: TestCluster, namespace: string, operatorText: () => string) {
    this.cluster = cluster;
    this.namespace = namespace;
    this.operatorText = operatorText;
  }

  reference(name?: string): ResourceReference {
    return { ...PIPELINE, namespace: this.namespace, name };
  }

  manifest(name: string, spec: WrittenSpec): KubernetesObject {
    return { ...PIPELINE, metadata: { name, namespace: this.namespace }, spec };
  }

  apply(name: string, spec: WrittenSpec = {}): Promise<KubernetesObject> {
    return this.cluster.admin.apply(this.manifest(name, spec));
  }

  /** Applies it, and resolves once the operator has made everything of it as it is now. */
  async applyAndMake(name: string, spec: WrittenSpec = {}): Promise<void> {
    await this.apply(name, spec);
    await this.untilCondition(name, 'Reconciled', 'is made', ({ status }) => status === 'True');
  }

  get(name: string): Promise<KubernetesObject> {
    return this.cluster.admin.get(this.reference(name));
  }

  /** An object of the namespace by its kind, as `child('apps/v1', 'Deployment', 'shop-writer')`; null when there is none. */
  child(apiVersion: string, kind: string, name: string): Promise<KubernetesObject | null> {
    return this.cluster.admin.find({ apiVersion, kind, namespace: this.namespace, name });
  }

  deployment(name: string): Promise<KubernetesObject | null> {
    return this.child('apps/v1', 'Deployment', name);
  }

  /** All that the operator made for a pipeline, but Secrets. */
  children(name: string): Promise<KubernetesObject[]> {
    return this.labelled(CHILDREN, name);
  }

  /** The objects that controllers made of its children, too. */
  async descendants(name: string): Promise<KubernetesObject[]> {
    const made = await this.labelled(GRANDCHILDREN, name);
    return [...(await this.children(name)), ...made];
  }

  async secret(name: string, stringData: Readonly<Record<string, string>>): Promise<void> {
    const metadata = { name, namespace: this.namespace };
    await this.cluster.admin.apply({ apiVersion: 'v1', kind: 'Secret', metadata, stringData });
  }

  async condition(name: string, type: string): Promise<ToldCondition | null> {
    const conditions = valueAt(await this.get(name), 'status.conditions') ?? [];
    return (memberAt(conditions, type) as ToldCondition | undefined) ?? null;
  }

  /** Waits for a condition that is about the resource as it is now; tells the whole status where it does not come. */
  async untilCondition(name: string, type: string, what: string, holds: Holds): Promise<void> {
    await this.until(`${name}: ${what}`, async () => {
      const pipeline = await this.get(name);
      const found = memberAt(valueAt(pipeline, 'status.conditions') ?? [], type) as
        ToldCondition | undefined;
      const { generation } = pipeline.metadata;
      return found !== undefined && found.observedGeneration === generation && holds(found);
    });
  }

  untilReady(name: string): Promise<void> {
    return this.untilCondition(name, 'Ready', 'is ready', ({ status }) => status === 'True');
  }

  /** Waits as long as anything in these suites may take, and tells what there is where it takes longer. */
  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    try {
      await waitUntil(what, holds, PATIENCE_MS, 100);
    } catch (error) {
      const all = await this.cluster.admin.list(this.reference());
      const states = all.map(({ metadata, status }) => [metadata.name, status]);
      throw new Error(`${String(error)}\n${JSON.stringify(states)}\n${this.operatorText()}`, {
        cause: error,
      });
    }
  }

  async remove(name: string): Promise<void> {
    await this.cluster.admin.delete(this.reference(name));
  }

  async removeAll(): Promise<void> {
    const all = await this.cluster.admin.list(this.reference());
    for (const { metadata } of all) await this.remove(metadata.name ?? '');
  }

  private async labelled(
    kinds: readonly (readonly [string, string])[],
    name: string,
  ): Promise<KubernetesObject[]> {
    const lists = kinds.map(async ([apiVersion, kind]) => {
      const reference = { apiVersion, kind, namespace: this.namespace };
      const items = await this.cluster.admin.list(reference, `penstock.dev/pipeline=${name}`);
      // Items of lists have no kind of their own.
      return items.map((item) => ({ ...item, apiVersion, kind }));
    });
    return (await Promise.all(lists)).flat();
  }
}
