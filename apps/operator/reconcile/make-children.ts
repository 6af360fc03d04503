import type { LogPipeline } from '#pipeline';
import type { KubeObject, Manifest } from '../runtime/kube-object.ts';
import type { Children } from '../specs/children.ts';
import type { AppliedChange, ChildApplier } from './apply-children.ts';
import type { ClusterView } from './cluster-view.ts';
import { aspect, type Aspect } from './conditions.ts';
import type { EventRecorder } from './event-recorder.ts';
import { migrationState, withCurrentImage } from './migration.ts';

export interface Progress {
  readonly aspect: Aspect;
  /** Job that brought the schema up to date last. */
  readonly migration: string | undefined;
}

export interface ChildrenParts {
  readonly applier: ChildApplier;
  readonly view: ClusterView;
  readonly events: EventRecorder;
}

/** Applies what a pipeline consists of, in order, and removes what it does not consist of any more. */
export async function makeChildren(
  key: string,
  pipeline: LogPipeline,
  { base, migration, processes }: Children,
  parts: ChildrenParts,
): Promise<Progress> {
  const { view } = parts;
  const taken = await applyAll(key, pipeline, base, parts);
  const job = view.child(key, 'Job', migration.metadata.name);
  const state = migrationState(pipeline, migration, job);
  if (state === 'missing') taken.push(...(await applyAll(key, pipeline, [migration], parts)));
  const mayReplace = state === 'done';
  const held = processes.filter(
    (each) => !mayReplace && withCurrentImage(each, view.child(key, each.kind, each.metadata.name)),
  );
  const free = processes.filter((each) => !held.includes(each));
  taken.push(...(await applyAll(key, pipeline, free, parts)));
  await prune(key, pipeline, [...base, migration, ...processes], mayReplace, parts);
  return {
    aspect: takenAspect(taken) ?? progressAspect(state, held.length, migration.metadata.name),
    migration: mayReplace ? migration.metadata.name : pipeline.status.migration,
  };
}

function takenAspect(taken: readonly string[]): Aspect | null {
  if (taken.length === 0) return null;
  return aspect(
    'Reconciled',
    false,
    'NameTaken',
    `there is already, and not of this pipeline: ${taken.join(', ')}. Remove it, or give the pipeline another name`,
  );
}

function progressAspect(
  state: 'done' | 'running' | 'failed' | 'missing',
  held: number,
  job: string,
): Aspect {
  if (state === 'failed')
    return aspect(
      'Reconciled',
      false,
      'MigrationFailed',
      `Job ${job} failed: see its log; delete it to try again. Pods keep the image that they have`,
    );
  if (held > 0)
    return aspect(
      'Reconciled',
      false,
      'Migrating',
      `Job ${job} brings the schema up to date first`,
    );
  return aspect('Reconciled', true, 'Applied', 'everything is as the resource says');
}

/** Objects whose names somebody else has. */
async function applyAll(
  key: string,
  pipeline: LogPipeline,
  manifests: readonly Manifest[],
  { applier, events }: ChildrenParts,
): Promise<string[]> {
  const changes = await Promise.all(manifests.map((manifest) => applier.apply(key, manifest)));
  for (const change of changes)
    if (change?.kind === 'repaired') tellRepair(pipeline, change, events);
  return changes.flatMap((change) => (change?.kind === 'taken' ? [change.object] : []));
}

function tellRepair(pipeline: LogPipeline, { object }: AppliedChange, events: EventRecorder): void {
  events.record(pipeline, {
    type: 'Normal',
    reason: 'DriftRepaired',
    note: `${object} was changed by somebody else and is as the resource says again`,
    action: 'Apply',
  });
}

/** Jobs of earlier images stay until the one of this image is done. */
async function prune(
  key: string,
  { uid }: LogPipeline,
  wanted: readonly Manifest[],
  mayReplace: boolean,
  { view, applier }: ChildrenParts,
): Promise<void> {
  const names = new Set(wanted.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
  const surplus = view
    .childrenOf(key)
    .filter(({ kind = '', metadata }) => !names.has(`${kind}/${metadata.name}`))
    .filter((object) => isOwnedBy(object, uid))
    .filter(({ kind }) => kind !== 'Job' || mayReplace);
  await Promise.all(surplus.map((object) => applier.remove(object)));
}

/** A label alone is no reason to delete what somebody made. */
function isOwnedBy({ metadata }: KubeObject, uid: string): boolean {
  const owners = metadata['ownerReferences'] as readonly { readonly uid?: string }[] | undefined;
  return owners?.some((owner) => owner.uid === uid) ?? false;
}
