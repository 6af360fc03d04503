import { defineEvent } from '#telemetry';

export interface JobRan {
  readonly job: string;
  readonly done: number;
  readonly seconds: number;
}

export const jobRan = defineEvent<JobRan>({
  name: 'job_ran',
  level: 'debug',
  message: ({ job, done }) => `${job}: ${done} done`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_job_done_total',
      help: 'Things that a background job has done (groups folded, filters built, events deleted …).',
      labels: { job_name: ({ job }) => job },
      value: ({ done }) => done,
    },
    {
      kind: 'histogram',
      name: 'penstock_job_seconds',
      help: 'Time of one run of a background job.',
      labels: { job_name: ({ job }) => job },
      value: ({ seconds }) => seconds,
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    },
  ],
});

export interface JobFailed {
  readonly job: string;
  readonly error: string;
  readonly retryInMs: number;
}

/** A warning: nothing is lost, readers scan what the job has not prepared yet. */
export const jobFailed = defineEvent<JobFailed>({
  name: 'job_failed',
  level: 'warn',
  message: ({ job, error, retryInMs }) =>
    `background job ${job} failed and runs again in ${Math.round(retryInMs)} ms: ${error}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_job_failures_total',
      help: 'Runs of a background job that failed.',
      labels: { job_name: ({ job }) => job },
    },
  ],
});

export interface PartitionDropped {
  readonly partition: string;
}

export const partitionDropped = defineEvent<PartitionDropped>({
  name: 'partition_dropped',
  level: 'info',
  message: ({ partition }) => `retention dropped the partition ${partition}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_retention_partitions_dropped_total',
      help: 'Partitions that retention dropped whole.',
    },
  ],
});
