import type { LogPipeline } from '#pipeline';
import type { KubeObject, Manifest } from '../runtime/kube-object.ts';

export type MigrationState = 'done' | 'running' | 'failed' | 'missing';

interface JobStatus {
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
}

/** How the migration for the wanted image stands. A Job that was removed after it was done counts as done. */
export function migrationState(
  pipeline: LogPipeline,
  wanted: Manifest,
  job: KubeObject | undefined,
): MigrationState {
  const { conditions = [] } = (job?.['status'] ?? {}) as JobStatus;
  const has = (type: string): boolean =>
    conditions.some((condition) => condition.type === type && condition.status === 'True');
  if (has('Complete') || pipeline.status.migration === wanted.metadata.name) return 'done';
  if (has('Failed')) return 'failed';
  return job === undefined ? 'missing' : 'running';
}
