import { counted, moreThan, number } from '../i18n/counted.ts';
import type { PipelineHealth, PipelineProcess } from './pipeline-health.ts';

/** One line of the details: what, and how much of it. */
export interface HealthFigure {
  readonly name: string;
  readonly value: string;
}

export const PROCESS_STATES: Readonly<Record<PipelineProcess['state'], string>> = {
  alive: $localize`:of a process:alive`,
  stopping: $localize`:of a process:stopping`,
  stopped: $localize`:of a process:stopped`,
  dead: $localize`:of a process:dead`,
};

/** The figures in the order of the flow. */
export function healthFigures(health: PipelineHealth): HealthFigure[] {
  const { ingest, written, index, quarantine } = health;
  const writers = health.processes.filter(
    ({ state, figures }) => state === 'alive' && figures.writer !== undefined,
  ).length;
  return [
    { name: $localize`Received`, value: perSecond(ingest.events.last10s) },
    { name: $localize`Written`, value: perSecond(written.events.last10s) },
    { name: $localize`Writers`, value: writers.toString() },
    { name: $localize`Waiting`, value: waiting(health) },
    ...(index === null
      ? []
      : [{ name: $localize`Index behind by`, value: duration(index.seconds) }]),
    ...(quarantine === null
      ? []
      : [{ name: $localize`In quarantine`, value: atLeast(quarantine.count, quarantine.more) }]),
  ];
}

/** In a few words, for the button's name. */
export function healthSummary(health: PipelineHealth | null): string {
  if (health === null) return $localize`not known`;
  return counted(
    $localize`:state of the pipeline:=0 {all good} one {# notice} other {# notices}`,
    health.notices.length,
  );
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
  if (backlog.ready === null && backlog.unacked === 0) return $localize`not known`;
  const batches = (backlog.ready ?? 0) + backlog.unacked;
  const text = counted(
    $localize`:what waits to be written:=0 {nothing} one {# batch} other {# batches}`,
    batches,
  );
  return batches === 0 || oldestUnwrittenSeconds === null
    ? text
    : `${text}, ${duration(oldestUnwrittenSeconds)}`;
}

function atLeast(count: number, more: boolean): string {
  return more ? moreThan(count) : number(count);
}

function perSecond(events: number): string {
  return $localize`${number(Math.round(events))}:count: events/s`;
}

function duration(seconds: number): string {
  if (seconds < 120) return $localize`${Math.round(seconds)}:seconds: s`;
  return seconds < 7_200
    ? $localize`${Math.round(seconds / 60)}:minutes: min`
    : $localize`${Math.round(seconds / 3_600)}:hours: h`;
}
