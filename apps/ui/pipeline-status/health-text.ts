import type { PipelineHealth, PipelineProcess } from './pipeline-health.ts';

/** One line of the details: what, and how much of it. */
export interface HealthFigure {
  readonly name: string;
  readonly value: string;
}

/** The figures in the order of the flow. */
export function healthFigures(health: PipelineHealth): HealthFigure[] {
  const { ingest, written, index, quarantine } = health;
  const writers = health.processes.filter(
    ({ state, figures }) => state === 'alive' && figures.writer !== undefined,
  ).length;
  return [
    { name: $localize`Received`, value: `${number(ingest.events.last10s)} events/s` },
    { name: $localize`Written`, value: `${number(written.events.last10s)} events/s` },
    { name: $localize`Writers`, value: writers.toString() },
    { name: $localize`Waiting`, value: waiting(health) },
    ...(index === null
      ? []
      : [{ name: $localize`Index behind by`, value: duration(index.seconds) }]),
    ...(quarantine === null
      ? []
      : [{ name: $localize`In quarantine`, value: counted(quarantine.count, quarantine.more) }]),
  ];
}

/** In a few words, for the button's name. */
export function healthSummary(health: PipelineHealth | null): string {
  if (health === null) return 'not known';
  if (health.notices.length === 0) return 'all good';
  return health.notices.length === 1 ? '1 notice' : `${health.notices.length} notices`;
}

/** Those that run, then those that died; who said goodbye needs no mention. */
export function shownProcesses(health: PipelineHealth): PipelineProcess[] {
  const rank = { alive: 0, stopping: 1, dead: 2, stopped: 3 } as const;
  return health.processes
    .filter(({ state }) => state !== 'stopped')
    .sort(
      (a, b) =>
        rank[a.state] - rank[b.state] || a.kind.localeCompare(b.kind) || a.id.localeCompare(b.id),
    );
}

function waiting({ backlog, oldestUnwrittenSeconds }: PipelineHealth): string {
  if (backlog.ready === null && backlog.unacked === 0) return 'not known';
  const batches = (backlog.ready ?? 0) + backlog.unacked;
  if (batches === 0) return 'nothing';
  const text = batches === 1 ? '1 batch' : `${number(batches)} batches`;
  return oldestUnwrittenSeconds === null ? text : `${text}, ${duration(oldestUnwrittenSeconds)}`;
}

function counted(count: number, more: boolean): string {
  return more ? `more than ${number(count)}` : number(count);
}

function number(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function duration(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}
