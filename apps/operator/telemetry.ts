import { defineEvent, defineGauge } from '#telemetry';

export const apiRequested = defineEvent<{ readonly method: string; readonly resource: string }>({
  name: 'operator.api-request',
  level: null,
  message: () => '',
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_operator_api_requests_total',
      help: 'Requests to the Kubernetes API.',
      labels: { method: ({ method }) => method, resource: ({ resource }) => resource },
    },
  ],
});

export const watchFailed = defineEvent<{ readonly resource: string; readonly reason: string }>({
  name: 'operator.watch-failed',
  level: 'warn',
  message: ({ resource, reason }) =>
    `the watch of ${resource} failed and is begun again: ${reason}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_operator_watch_failures_total',
      help: 'Lists and watches of the Kubernetes API that failed.',
      labels: { resource: ({ resource }) => resource },
    },
  ],
});

export const reconciled = defineEvent<{ readonly seconds: number; readonly outcome: string }>({
  name: 'operator.reconciled',
  level: null,
  message: () => '',
  metrics: [
    {
      kind: 'histogram',
      name: 'penstock_operator_reconcile_seconds',
      help: 'Duration of a reconciliation of one pipeline.',
      labels: { outcome: ({ outcome }) => outcome },
      value: ({ seconds }) => seconds,
      buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    },
  ],
});

export const reconcileFailed = defineEvent<{ readonly pipeline: string; readonly reason: string }>({
  name: 'operator.reconcile-failed',
  level: 'warn',
  message: ({ pipeline, reason }) => `pipeline ${pipeline} is tried again later: ${reason}`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_operator_reconcile_failures_total',
      help: 'Reconciliations that failed and are tried again.',
    },
  ],
});

export const eventLost = defineEvent<{ readonly reason: string }>({
  name: 'operator.event-lost',
  level: 'warn',
  message: ({ reason }) => `an event could not be told to the Kubernetes API: ${reason}`,
});

export const leaseFailed = defineEvent<{ readonly reason: string }>({
  name: 'operator.lease-failed',
  level: 'warn',
  message: ({ reason }) => `the lease could not be read or written: ${reason}`,
});

export const leading = defineEvent<{ readonly identity: string }>({
  name: 'operator.leading',
  level: 'info',
  message: ({ identity }) => `${identity} leads: pipelines are looked after`,
});

export const writersScaled = defineEvent<{
  readonly pipeline: string;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}>({
  name: 'operator.writers-scaled',
  level: 'info',
  message: ({ pipeline, from, to, reason }) =>
    `writers of ${pipeline}: ${from} become ${to} (${reason})`,
  metrics: [
    {
      kind: 'counter',
      name: 'penstock_operator_scalings_total',
      help: 'Changes of the number of writers.',
      labels: { direction: ({ from, to }) => (to > from ? 'up' : 'down') },
    },
  ],
});

export const leaderGauge = defineGauge({
  name: 'penstock_operator_leader',
  help: '1 for the operator that leads, else 0.',
});

export const pipelinesGauge = defineGauge({
  name: 'penstock_operator_pipelines',
  help: 'LogPipelines that are known.',
});

export const pipelineReadyGauge = defineGauge({
  name: 'penstock_operator_pipeline_ready',
  help: '1 for a LogPipeline that is Ready, else 0, by namespace and name; told by the operator that leads.',
  labels: ['pipeline'],
});

export const queueLengthGauge = defineGauge({
  name: 'penstock_operator_queue_length',
  help: 'Pipelines that wait for a reconciliation, or are in one.',
});
