import type { Micros } from '#event';
import type { PipelineHealth, ProcessHealth } from './pipeline-health.ts';

export type ProcessEventName =
  'process-joined' | 'process-stopped' | 'process-died' | 'process-returned';
export type DependencyEventName = 'dependency-away' | 'dependency-back';

/** Something that happened to the pipeline. */
export type PipelineEvent =
  | {
      readonly name: ProcessEventName;
      readonly at: Micros;
      readonly process: Pick<ProcessHealth, 'id' | 'kind' | 'host' | 'lastSeen'>;
    }
  | {
      readonly name: DependencyEventName;
      readonly at: Micros;
      readonly dependency: string;
      /** Why it is away; of one that is back, why it was. */
      readonly reason: string;
    };

/** What happened between two looks, in the order of the processes. */
export function changesBetween(before: PipelineHealth, after: PipelineHealth): PipelineEvent[] {
  return [...processEvents(before, after), ...dependencyEvents(before, after)];
}

function processEvents(before: PipelineHealth, after: PipelineHealth): PipelineEvent[] {
  const known = new Map(before.processes.map((process) => [process.id, process]));
  return after.processes.flatMap((process) => {
    const name = eventOf(known.get(process.id)?.state ?? null, process.state);
    if (name === null) return [];
    const { id, kind, host, lastSeen } = process;
    return [{ name, at: after.at, process: { id, kind, host, lastSeen } }];
  });
}

type State = ProcessHealth['state'];

function eventOf(before: State | null, after: State): ProcessEventName | null {
  if (before === after) return null;
  if (after === 'dead') return 'process-died';
  if (after === 'stopped') return 'process-stopped';
  if (before === null) return 'process-joined';
  return before === 'dead' || before === 'stopped' ? 'process-returned' : null;
}

function dependencyEvents(before: PipelineHealth, after: PipelineHealth): PipelineEvent[] {
  const missing = (from: PipelineHealth, others: PipelineHealth): PipelineHealth['away'] =>
    from.away.filter(({ name }) => !others.away.some((other) => other.name === name));
  const told =
    (name: DependencyEventName) =>
    ({ name: dependency, reason }: PipelineHealth['away'][number]): PipelineEvent => ({
      name,
      at: after.at,
      dependency,
      reason,
    });
  return [
    ...missing(after, before).map(told('dependency-away')),
    ...missing(before, after).map(told('dependency-back')),
  ];
}
