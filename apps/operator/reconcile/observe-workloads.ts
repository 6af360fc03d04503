import type { KubeObject } from '../runtime/kube-object.ts';
import { aspect, type Aspect, type ConditionType } from './conditions.ts';

interface WorkloadCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

interface WorkloadStatus {
  readonly replicas?: number;
  readonly readyReplicas?: number;
  readonly conditions?: readonly WorkloadCondition[];
}

export interface Counts {
  readonly desired: number;
  readonly replicas: number;
  readonly ready: number;
}

/** Pods of a Deployment or StatefulSet; all 0 when it does not exist yet. */
export function countsOf(workload: KubeObject | undefined): Counts {
  const spec = workload?.['spec'] as { readonly replicas?: number } | undefined;
  const status = statusOf(workload);
  return {
    desired: workload === undefined ? 0 : (spec?.replicas ?? 1),
    replicas: status.replicas ?? 0,
    ready: status.readyReplicas ?? 0,
  };
}

/** Whether a part of the pipeline does its work: at least one pod is ready. */
export function availability(
  type: ConditionType,
  part: string,
  workload: KubeObject | undefined,
): Aspect {
  if (workload === undefined)
    return aspect(type, false, 'NotCreated', `the pods of ${part} are not created yet`);
  const { desired, ready } = countsOf(workload);
  const words = `${ready} of ${desired} pods of ${part} are ready`;
  if (desired === 0) return aspect(type, false, 'ScaledToZero', `${part} has no pods`);
  if (ready > 0) return aspect(type, true, ready < desired ? 'Partial' : 'Available', words);
  const failure = failureOf(workload);
  return aspect(
    type,
    false,
    failure?.reason ?? 'PodsNotReady',
    failure?.message === undefined ? words : `${words}: ${failure.message}`,
  );
}

/** Why it does not get on, as its controller says; undefined while it does. */
export function failureOf(workload: KubeObject): WorkloadCondition | undefined {
  return statusOf(workload).conditions?.find(
    ({ type, status }) =>
      (type === 'ReplicaFailure' && status === 'True') ||
      (type === 'Progressing' && status === 'False'),
  );
}

function statusOf(workload: KubeObject | undefined): WorkloadStatus {
  return workload?.['status'] ?? {};
}
