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

/**
 * Processes that are there keep the image that they have until the schema is up to date for the new one. Those that
 * are not there yet are made at once: nothing serves an older schema, and they wait for Postgres themselves.
 */
export function withCurrentImage(desired: Manifest, observed: KubeObject | undefined): boolean {
  return observed !== undefined && imageOf(observed) !== imageOf(desired);
}

interface Templated {
  readonly template?: {
    readonly spec?: { readonly containers?: readonly { readonly image?: string }[] };
  };
}

export function imageOf(workload: KubeObject | Manifest): string | undefined {
  return (workload['spec'] as Templated | undefined)?.template?.spec?.containers?.[0]?.image;
}
