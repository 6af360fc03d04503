import type { ApiError } from '../runtime/api-error.ts';
import type { KubeApi } from '../runtime/kube-api.ts';
import { keyOf, type KubeObject } from '../runtime/kube-object.ts';
import { CORE_CHILDREN, OPTIONAL_CHILDREN, PIPELINES, type Kind } from '../runtime/kinds.ts';
import { ListWatch } from '../runtime/list-watch.ts';
import { MANAGED_BY, PIPELINE_LABEL } from '../specs/labels.ts';

export interface ClusterViewOptions {
  readonly api: KubeApi;
  /** Null: all namespaces. */
  readonly namespace: string | null;
  /** A pipeline, or a child of it, changed. */
  readonly onChange: (pipelineKey: string) => void;
  readonly onFailure: (kind: Kind, error: ApiError) => void;
  readonly signal: AbortSignal;
}

const MANAGED = Object.entries(MANAGED_BY)
  .map(([name, value]) => `${name}=${value}`)
  .join(',');

/** What there is: the pipelines, and everything that is labelled as made by the operator. */
export class ClusterView {
  private readonly options: ClusterViewOptions;
  private readonly pipelines: ListWatch;
  private readonly watched = new Map<string, ListWatch>();
  /** Children by the key of their pipeline, then by kind and name. */
  private readonly children = new Map<string, Map<string, KubeObject>>();

  constructor(options: ClusterViewOptions) {
    this.options = options;
    this.pipelines = new ListWatch({
      ...options,
      kind: PIPELINES,
      onFailure: (error) => {
        options.onFailure(PIPELINES, error);
      },
      onChange: (before, after) => {
        const object = after ?? before;
        if (object !== null) options.onChange(keyOf(object));
      },
    });
  }

  /** Begins to watch, and resolves when everything was listed once. */
  async start(): Promise<void> {
    for (const kind of CORE_CHILDREN) this.watch(kind);
    void this.pipelines.run();
    await Promise.all([
      this.pipelines.synced,
      ...[...this.watched.values()].map(({ synced }) => synced),
    ]);
  }

  /** Watches kinds whose API appeared; resolves when they were listed. */
  async watchOptional(apiGroups: ReadonlySet<string>): Promise<void> {
    const present = OPTIONAL_CHILDREN.filter(({ apiVersion }) =>
      apiGroups.has(apiVersion.split('/')[0] ?? ''),
    );
    await Promise.all(present.map((kind) => this.watch(kind).synced));
  }

  pipeline(key: string): KubeObject | undefined {
    return this.pipelines.get(key);
  }

  pipelineKeys(): readonly string[] {
    return [...this.pipelines.all()].map(keyOf);
  }

  child(pipelineKey: string, kind: string, name: string): KubeObject | undefined {
    return this.children.get(pipelineKey)?.get(childId(kind, name));
  }

  childrenOf(pipelineKey: string): readonly KubeObject[] {
    return [...(this.children.get(pipelineKey)?.values() ?? [])];
  }

  /** Takes in the answer to a write, before the watch tells it. */
  remember(object: KubeObject): void {
    const key = pipelineKeyOf(object);
    if (key !== null) this.put(key, object);
  }

  private watch(kind: Kind): ListWatch {
    const id = `${kind.apiVersion}/${kind.plural}`;
    const known = this.watched.get(id);
    if (known !== undefined) return known;
    const listWatch = new ListWatch({
      ...this.options,
      kind,
      labelSelector: MANAGED,
      onFailure: (error) => {
        this.options.onFailure(kind, error);
      },
      onChange: (before, after) => {
        this.take(before, after);
      },
    });
    this.watched.set(id, listWatch);
    void listWatch.run();
    return listWatch;
  }

  private take(before: KubeObject | null, after: KubeObject | null): void {
    for (const object of [before, after]) {
      const key = object === null ? null : pipelineKeyOf(object);
      if (object === null || key === null) continue;
      if (after === null) this.children.get(key)?.delete(idOf(object));
      else if (object === after) this.put(key, after);
      if (this.children.get(key)?.size === 0) this.children.delete(key);
      this.options.onChange(key);
    }
  }

  private put(key: string, object: KubeObject): void {
    const siblings = this.children.get(key) ?? new Map<string, KubeObject>();
    siblings.set(idOf(object), object);
    this.children.set(key, siblings);
  }
}

function pipelineKeyOf({ metadata }: KubeObject): string | null {
  const name = metadata.labels?.[PIPELINE_LABEL];
  return name === undefined ? null : `${metadata.namespace ?? ''}/${name}`;
}

function idOf({ kind, metadata }: KubeObject): string {
  return childId(kind ?? '', metadata.name);
}

function childId(kind: string, name: string): string {
  return `${kind}/${name}`;
}
