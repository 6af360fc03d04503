import { ApiError } from '../runtime/api-error.ts';
import { APPLY_PATCH, type KubeApi } from '../runtime/kube-api.ts';
import type { KubeObject, Manifest } from '../runtime/kube-object.ts';
import { CORE_CHILDREN, objectPath, OPTIONAL_CHILDREN, type Kind } from '../runtime/kinds.ts';
import { fingerprint } from '../specs/fingerprint.ts';
import { FIELD_MANAGER, HASH_ANNOTATION, isLabelledOurs } from '../specs/labels.ts';
import type { ClusterView } from './cluster-view.ts';
import { covers, project } from './covers.ts';
import { readObject } from './read-objects.ts';

/** Owner of a number of replicas that is handed over to an autoscaler. */
const HANDOVER_MANAGER = 'penstock-handover';
const KINDS = new Map([...CORE_CHILDREN, ...OPTIONAL_CHILDREN].map((kind) => [kind.kind, kind]));

export interface AppliedChange {
  /** `taken`: somebody else made an object of this name, which was left as it is. */
  readonly kind: 'created' | 'changed' | 'repaired' | 'taken';
  readonly object: string;
}

/**
 * Makes children what they are to be, and writes nothing for those that are so already: the hash of the manifest is in
 * an annotation, and what the manifest says is compared with what there is.
 */
export class ChildApplier {
  private readonly api: KubeApi;
  private readonly view: ClusterView;
  /**
   * What the API server made of a manifest where it writes values in another way than we do, by the object's uid: a
   * difference that was there right after we applied is none.
   */
  private readonly normalised = new Map<string, string>();

  constructor(api: KubeApi, view: ClusterView) {
    this.api = api;
    this.view = view;
  }

  /** Null when nothing was to be done. */
  async apply(pipelineKey: string, desired: Manifest): Promise<AppliedChange | null> {
    const { kind, metadata } = desired;
    const object = `${kind} ${metadata.name}`;
    const observed = this.view.child(pipelineKey, kind, metadata.name);
    if (observed === undefined) return { kind: await this.make(desired), object };
    if (this.isCurrent(desired, observed)) return null;
    const isUnchanged = hashOf(observed) === hashOf(desired);
    if (!isUnchanged) await this.handOverReplicas(desired, observed);
    const applied = await this.send(desired);
    this.take(desired, applied);
    if (applied.metadata.resourceVersion === observed.metadata.resourceVersion) return null;
    return { kind: isUnchanged ? 'repaired' : 'changed', object };
  }

  /** Removes what is not wanted any more. A newer object of the same name is left alone. */
  async remove(object: KubeObject): Promise<void> {
    const kind = KINDS.get(object.kind ?? '');
    if (kind === undefined || object.metadata.deletionTimestamp !== undefined) return;
    const { namespace = '', name, uid = '' } = object.metadata;
    this.normalised.delete(uid);
    try {
      await this.api.request({
        method: 'DELETE',
        path: objectPath(kind, namespace, name),
        body: { propagationPolicy: 'Background', preconditions: { uid } },
      });
    } catch (error) {
      if (!(error instanceof ApiError) || !(error.isMissing || error.isConflict)) throw error;
    }
  }

  private async make(desired: Manifest): Promise<'created' | 'taken'> {
    if (await this.isTaken(desired)) return 'taken';
    this.take(desired, await this.send(desired));
    return 'created';
  }

  /**
   * An apply would make somebody else's object ours, and the deletion of the pipeline would delete it. Our own are known
   * by their label, or by their owner where somebody took the label away.
   */
  private async isTaken(desired: Manifest): Promise<boolean> {
    const { kind, metadata } = desired;
    const found = await readObject(
      this.api,
      KINDS.get(kind) as Kind,
      metadata.namespace,
      metadata.name,
    );
    if (found === null) return false;
    const owners = (found.metadata['ownerReferences'] ?? []) as readonly { readonly uid: string }[];
    const ours = metadata.ownerReferences ?? [];
    if (isLabelledOurs(found.metadata.labels)) return false;
    return !ours.some(({ uid }) => owners.some((owner) => owner.uid === uid));
  }

  private take(desired: Manifest, applied: KubeObject): void {
    this.view.remember(applied);
    const { uid } = applied.metadata;
    if (uid !== undefined && !covers(desired, applied))
      this.normalised.set(uid, fingerprint(project(desired, applied)));
  }

  private isCurrent(desired: Manifest, observed: KubeObject): boolean {
    if (observed.metadata.deletionTimestamp !== undefined) return true;
    if (covers(desired, observed)) return true;
    const known = this.normalised.get(observed.metadata.uid ?? '');
    return known === fingerprint(project(desired, observed));
  }

  /** Without force first, so that a conflict with somebody else is seen; then ours counts. */
  private async send(desired: Manifest): Promise<KubeObject> {
    try {
      return await this.patch(desired, FIELD_MANAGER, false);
    } catch (error) {
      if (!(error instanceof ApiError) || !error.isConflict) throw error;
      return await this.patch(desired, FIELD_MANAGER, true);
    }
  }

  private async patch(desired: object, manager: string, force: boolean): Promise<KubeObject> {
    const { kind, metadata } = desired as Manifest;
    const known = KINDS.get(kind) as Kind;
    const query = new URLSearchParams({ fieldManager: manager, force: String(force) });
    const path = `${objectPath(known, metadata.namespace, metadata.name)}?${query.toString()}`;
    return (await this.api.request({
      method: 'PATCH',
      path,
      body: desired,
      contentType: APPLY_PATCH,
    })) as KubeObject;
  }

  /**
   * A number of replicas that we applied and then leave out would fall back to the API's default of 1. Another owner
   * keeps it as it is until the autoscaler sets it.
   */
  private async handOverReplicas(desired: Manifest, observed: KubeObject): Promise<void> {
    const replicas = replicasOf(observed);
    if (replicasOf(desired) !== undefined || replicas === undefined) return;
    if (!['Deployment', 'StatefulSet'].includes(desired.kind)) return;
    const { apiVersion, kind, metadata } = desired;
    const { name, namespace } = metadata;
    await this.patch(
      { apiVersion, kind, metadata: { name, namespace }, spec: { replicas } },
      HANDOVER_MANAGER,
      true,
    );
  }
}

function hashOf({ metadata }: KubeObject | Manifest): string | undefined {
  return metadata.annotations?.[HASH_ANNOTATION];
}

function replicasOf(object: KubeObject | Manifest): number | undefined {
  return (object['spec'] as { readonly replicas?: number } | undefined)?.replicas;
}
