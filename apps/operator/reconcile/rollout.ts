import type { KubeObject, Manifest } from '../runtime/kube-object.ts';
import { countsOf, failureOf } from './observe-workloads.ts';

/*
 * In which order the pods of a pipeline get a new image: when the schema of Postgres is up to date, the writers; then
 * what publishes, for writers read what older processes published, not what newer ones do (ADR 14).
 */

/**
 * Whether a workload keeps the image that it has until it is its turn. One that is not there yet is made at once:
 * nothing of an older version is in its way, and it waits for Postgres itself.
 */
export function hasAnotherImage(desired: Manifest, observed: KubeObject | undefined): boolean {
  return observed !== undefined && imageOf(observed) !== imageOf(desired);
}

interface Templated {
  readonly template?: {
    readonly spec?: { readonly containers?: readonly { readonly image?: string }[] };
  };
}

function imageOf(workload: KubeObject | Manifest): string | undefined {
  return (workload['spec'] as Templated | undefined)?.template?.spec?.containers?.[0]?.image;
}

/**
 * What is missing until all pods of a Deployment are as it says, in words; null when nothing is. No pod of before is
 * left then, but for those that end, which take nothing new.
 */
export function rolloutRest(desired: Manifest, observed: KubeObject | undefined): string | null {
  if (observed === undefined || hasAnotherImage(desired, observed)) return NONE_YET;
  const { wanted, isSeen, updated, old, available } = rolloutOf(observed);
  if (!isSeen) return NONE_YET;
  if (updated >= wanted && old <= 0 && available >= updated) return null;
  const words = `${updated} of ${wanted} have it, ${old} still have another, ${available} are available`;
  const failure = failureOf(observed)?.message;
  return failure === undefined ? words : `${words}: ${failure}`;
}

const NONE_YET = 'none has it yet';

interface DeploymentStatus {
  readonly observedGeneration?: number;
  readonly replicas?: number;
  readonly updatedReplicas?: number;
  readonly availableReplicas?: number;
}

function rolloutOf(deployment: KubeObject) {
  const status = (deployment['status'] ?? {}) as DeploymentStatus;
  const {
    observedGeneration = 0,
    replicas = 0,
    updatedReplicas = 0,
    availableReplicas = 0,
  } = status;
  return {
    wanted: countsOf(deployment).desired,
    /** Whether its controller has seen it as it is now. */
    isSeen: observedGeneration >= (deployment.metadata.generation ?? 0),
    updated: updatedReplicas,
    old: replicas - updatedReplicas,
    available: availableReplicas,
  };
}
