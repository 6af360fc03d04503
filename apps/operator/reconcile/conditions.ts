import type { Condition, LogPipelineStatus } from '#pipeline';
import type { KubeObject } from '../runtime/kube-object.ts';

export type ConditionType =
  | 'Ready'
  | 'Reconciled'
  | 'IngestAvailable'
  | 'WritersAvailable'
  | 'GatewayAvailable'
  | 'StoreReachable'
  | 'QueueReachable'
  | 'IndexReachable'
  | 'ArchiveReachable'
  | 'ScalingActive'
  | 'ScalingLimited'
  | 'ManualScaleIgnored';

/** One aspect as it is now; since when it is so is found by comparing with what was told before. */
export interface Aspect {
  readonly type: ConditionType;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

export function aspect(
  type: ConditionType,
  status: Aspect['status'] | boolean,
  reason: string,
  message: string,
): Aspect {
  const told = typeof status === 'boolean' ? (status ? 'True' : 'False') : status;
  return { type, status: told, reason, message };
}

/** Without these no log is taken, stored or found. */
const NEEDED: readonly ConditionType[] = [
  'Reconciled',
  'StoreReachable',
  'QueueReachable',
  'IngestAvailable',
  'WritersAvailable',
  'GatewayAvailable',
];

/** The sum: ready, or the first thing that is not as it must be. */
export function summary(aspects: readonly Aspect[], isEvaluation: boolean): Aspect {
  const failing = NEEDED.map((type) => aspects.find((each) => each.type === type)).find(
    (found) => found !== undefined && found.status !== 'True',
  );
  if (failing !== undefined)
    return aspect('Ready', 'False', failing.reason, `${failing.type}: ${failing.message}`);
  const words = 'logs are taken, stored and found';
  return aspect(
    'Ready',
    true,
    'Available',
    isEvaluation ? `${words}; bundled backends have one instance each, for evaluation` : words,
  );
}

/** What a pipeline that is stored says of itself. */
export function isReady(pipeline: KubeObject | undefined): boolean {
  const { conditions = [] } = (pipeline?.['status'] ?? {}) as LogPipelineStatus;
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

/** The conditions of the status: those whose status did not change keep their time. */
export function conditionsOf(
  aspects: readonly Aspect[],
  before: readonly Condition[],
  generation: number,
  now: Date,
): readonly Condition[] {
  return aspects.map(({ type, status, reason, message }) => {
    const known = before.find((condition) => condition.type === type);
    return {
      type,
      status,
      reason,
      message,
      observedGeneration: generation,
      lastTransitionTime:
        known?.status === status
          ? known.lastTransitionTime
          : now.toISOString().replace(/\.\d+Z$/, 'Z'),
    };
  });
}
