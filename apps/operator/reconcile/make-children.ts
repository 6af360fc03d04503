import type { LogPipeline } from '#pipeline';
import type { KubeObject, Manifest } from '../runtime/kube-object.ts';
import type { Children } from '../specs/children.ts';
import type { AppliedChange, ChildApplier } from './apply-children.ts';
import type { ClusterView } from './cluster-view.ts';
import { aspect, type Aspect } from './conditions.ts';
import type { EventRecorder } from './event-recorder.ts';
import { migrationState } from './migration.ts';
import { hasAnotherImage, rolloutRest } from './rollout.ts';

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
  children: Children,
  parts: ChildrenParts,
): Promise<Progress> {
  const { base, migration, writer, keeper, publishers } = children;
  const observed = (each: Manifest) => parts.view.child(key, each.kind, each.metadata.name);
  const taken = await applyAll(key, pipeline, base, parts);
  const state = migrationState(pipeline, migration, observed(migration));
  if (state === 'missing') taken.push(...(await applyAll(key, pipeline, [migration], parts)));
  const isMigrated = state === 'done';
  const held: Manifest[] = [];
  const applyUnlessHeld = async (manifests: readonly Manifest[], mayReplace: boolean) => {
    const kept = manifests.filter((each) => !mayReplace && hasAnotherImage(each, observed(each)));
    const free = manifests.filter((each) => !kept.includes(each));
    held.push(...kept);
    taken.push(...(await applyAll(key, pipeline, free, parts)));
  };
  await applyUnlessHeld([writer, keeper], isMigrated);
  const rest = rolloutRest(writer, observed(writer));
  await applyUnlessHeld(publishers, isMigrated && rest === null);
  await prune(
    key,
    pipeline,
    [...base, migration, writer, keeper, ...publishers],
    isMigrated,
    parts,
  );
  const progress = held.length === 0 ? APPLIED : waitingAspect(isMigrated, migration, rest);
  const failed = state === 'failed' ? failedAspect(migration) : null;
  return {
    aspect: takenAspect(taken) ?? failed ?? progress,
    migration: isMigrated ? migration.metadata.name : pipeline.status.migration,
  };
}

const APPLIED = aspect('Reconciled', true, 'Applied', 'everything is as the resource says');

function takenAspect(taken: readonly string[]): Aspect | null {
  if (taken.length === 0) return null;
  return aspect(
    'Reconciled',
    false,
    'NameTaken',
    `there is already, and not of this pipeline: ${taken.join(', ')}. Remove it, or give the pipeline another name`,
  );
}

function failedAspect({ metadata: { name } }: Manifest): Aspect {
  return aspect(
    'Reconciled',
    false,
    'MigrationFailed',
    `Job ${name} failed: see its log; delete it to try again. Pods keep the image that they have`,
  );
}

/** @param rest what is missing until all writers have the new image */
function waitingAspect(isMigrated: boolean, job: Manifest, rest: string | null): Aspect {
  if (!isMigrated) {
    const message = `Job ${job.metadata.name} brings the schema up to date first`;
    return aspect('Reconciled', false, 'Migrating', message);
  }
  const message = `ingest and gateway get the new image once all writers have it: ${rest ?? 'all have it'}`;
  return aspect('Reconciled', false, 'WritersRolling', message);
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
