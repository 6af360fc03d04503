import { fillDefaults } from './schema/fill-defaults.ts';
import { findProblems } from './schema/find-problems.ts';
import { SPEC, type LogPipelineSpec } from './spec/log-pipeline.ts';
import type { LogPipelineStatus } from './spec/status.ts';

/** A LogPipeline as the operator reads it. */
export interface LogPipeline {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly generation: number;
  readonly resourceVersion: string;
  /** It is being deleted. */
  readonly deleting: boolean;
  readonly spec: LogPipelineSpec;
  readonly status: LogPipelineStatus;
}

interface StoredMetadata {
  readonly name?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly generation?: number;
  readonly resourceVersion?: string;
  readonly deletionTimestamp?: string;
}

/** A LogPipeline as the API server tells it. */
export interface StoredLogPipeline {
  readonly metadata: StoredMetadata;
  readonly spec?: unknown;
  readonly status?: unknown;
}

export type PipelineReading =
  | { readonly kind: 'valid'; readonly pipeline: LogPipeline }
  /** Everything that is wrong, in sentences that say what to write. */
  | {
      readonly kind: 'invalid';
      readonly problems: readonly string[];
      readonly pipeline: Omit<LogPipeline, 'spec'>;
    };

/** Reads a stored object, fills in defaults, and finds what is wrong with it: it may be older than a rule. */
export function readLogPipeline({ metadata, spec, status }: StoredLogPipeline): PipelineReading {
  const pipeline = {
    name: metadata.name ?? '',
    namespace: metadata.namespace ?? '',
    uid: metadata.uid ?? '',
    generation: metadata.generation ?? 0,
    resourceVersion: metadata.resourceVersion ?? '',
    deleting: metadata.deletionTimestamp !== undefined,
    status: (status ?? {}) as LogPipelineStatus,
  };
  const complete = fillDefaults(SPEC.schema, spec ?? {});
  const problems = findProblems(SPEC, complete, 'spec');
  return problems.length > 0
    ? { kind: 'invalid', problems, pipeline }
    : { kind: 'valid', pipeline: { ...pipeline, spec: complete as LogPipelineSpec } };
}
