import { defineGauge, type Reading, type Telemetry } from '#telemetry';
import type { ProcessState } from './liveness.ts';
import type { PipelineHealth } from './pipeline-health.ts';

const OF_THE_WHOLE = 'The same in every gateway; absent while it is not known';

export const pipelineProcesses = defineGauge({
  name: 'penstock_pipeline_processes',
  help: `Processes by kind and state, of the last day. ${OF_THE_WHOLE}`,
  labels: ['kind', 'state'],
});

export const pipelineBacklog = defineGauge({
  name: 'penstock_pipeline_backlog_batches',
  help: `Batches that are accepted and not written: ready in the queue, or unacked in the hands of writers. ${OF_THE_WHOLE}`,
  labels: ['state'],
});

export const oldestUnwritten = defineGauge({
  name: 'penstock_pipeline_oldest_unwritten_seconds',
  help: `Age of the oldest event that is accepted and not written; 0 without a backlog. ${OF_THE_WHOLE}`,
});

export const indexLag = defineGauge({
  name: 'penstock_index_lag_seconds',
  help: `Age of the oldest group of events that the search index is behind by; 0 when it is not. ${OF_THE_WHOLE}`,
});

export const indexLagGroups = defineGauge({
  name: 'penstock_index_lag_groups',
  help: `Groups of events that the search index is behind by, counted up to 10,000. ${OF_THE_WHOLE}`,
});

export const quarantineEntries = defineGauge({
  name: 'penstock_quarantine_entries',
  help: `Entries in quarantine, counted up to 10,000. ${OF_THE_WHOLE}`,
});

export const pipelineStale = defineGauge({
  name: 'penstock_pipeline_stale',
  help: '1 while this gateway cannot read the heartbeats of the processes.',
});

/** Shows the health of the whole pipeline. What is stale is not shown: an old figure would look like a new one. */
export function observePipeline(telemetry: Telemetry, health: () => PipelineHealth): void {
  const fresh = (read: (health: PipelineHealth) => Reading) => (): Reading => {
    const now = health();
    return now.stale === null ? read(now) : null;
  };
  telemetry.observe(pipelineStale, () => Number(health().stale !== null));
  telemetry.observe(pipelineProcesses, fresh(processCounts));
  telemetry.observe(
    pipelineBacklog,
    fresh(({ backlog: { ready, unacked } }) => [
      ...(ready === null ? [] : [{ labels: { state: 'ready' }, value: ready }]),
      { labels: { state: 'unacked' }, value: unacked },
    ]),
  );
  telemetry.observe(
    oldestUnwritten,
    fresh((now) => now.oldestUnwrittenSeconds),
  );
  telemetry.observe(
    indexLag,
    fresh(({ index }) => index?.seconds ?? null),
  );
  telemetry.observe(
    indexLagGroups,
    fresh(({ index }) => index?.groups ?? null),
  );
  telemetry.observe(
    quarantineEntries,
    fresh(({ quarantine }) => quarantine?.count ?? null),
  );
}

const STATES: readonly ProcessState[] = ['alive', 'stopping', 'stopped', 'dead'];

/** Every state of every kind that is known, 0 included: Prometheus sees no growth of a series that was not there. */
function processCounts({ processes }: PipelineHealth): Reading {
  return [...Map.groupBy(processes, ({ kind }) => kind)].flatMap(([kind, all]) =>
    STATES.map((state) => ({
      labels: { kind, state },
      value: all.filter((process) => process.state === state).length,
    })),
  );
}
