import { MICROS_PER_MINUTE } from '#event';
import type { PipelineHealth, ProcessHealth } from './pipeline-health.ts';

/** Something that somebody should look at. */
export interface PipelineNotice {
  /** For programs. */
  readonly code: 'process-died' | 'dependency-away' | 'no-writer' | 'stale';
  /** Whom it concerns: the id of a process, the name of a dependency, else null. */
  readonly subject: string | null;
  /** One sentence for people. */
  readonly detail: string;
}

/** A process that died is news for so long; afterwards it is one of the list. */
const DEATH_IS_NEWS = 10 * MICROS_PER_MINUTE;

/** What is wrong now, the worst first; nothing when all is well. */
export function noticesOf(health: PipelineHealth): PipelineNotice[] {
  return [
    ...staleNotice(health),
    ...writerNotice(health),
    ...awayNotices(health),
    ...deaths(health),
  ];
}

function staleNotice({ stale }: PipelineHealth): PipelineNotice[] {
  const detail =
    'The processes cannot be asked how they are; what is shown is the last that was known.';
  return stale === null ? [] : [{ code: 'stale', subject: null, detail }];
}

function writerNotice({ processes, backlog }: PipelineHealth): PipelineNotice[] {
  const writes = processes.some(
    ({ state, figures }) => state === 'alive' && figures.writer !== undefined,
  );
  if (writes || (backlog.ready ?? 0) === 0) return [];
  const detail = `No writer runs, and ${backlog.ready} batches wait to be written.`;
  return [{ code: 'no-writer', subject: null, detail }];
}

function awayNotices({ away }: PipelineHealth): PipelineNotice[] {
  return away.map(({ name, reason }) => ({
    code: 'dependency-away',
    subject: name,
    detail: `${displayName(name)} cannot be reached: ${reason}`,
  }));
}

function deaths({ processes, at }: PipelineHealth): PipelineNotice[] {
  const isNews = ({ state, lastSeen }: ProcessHealth): boolean =>
    state === 'dead' && at - lastSeen < DEATH_IS_NEWS;
  const dead = processes.filter(isNews).toSorted((a, b) => a.lastSeen - b.lastSeen);
  return withoutSuccessor(dead, processes).map(({ id, kind, host }) => ({
    code: 'process-died',
    subject: id,
    detail: `The ${kind} on ${host} has stopped without a word.`,
  }));
}

/** Those in whose place no process of their kind has been started since. One takes the place of one. */
function withoutSuccessor(
  dead: readonly ProcessHealth[],
  processes: readonly ProcessHealth[],
): ProcessHealth[] {
  const taken = new Set<ProcessHealth>();
  const left: ProcessHealth[] = [];
  for (const each of dead) {
    const successor = processes.find(
      (process) =>
        process.state === 'alive' &&
        process.kind === each.kind &&
        process.startedAt >= each.lastSeen &&
        !taken.has(process),
    );
    if (successor === undefined) left.push(each);
    else taken.add(successor);
  }
  return left;
}

const DISPLAY_NAMES = new Map([
  ['postgres', 'Postgres'],
  ['rabbitmq', 'RabbitMQ'],
  ['meilisearch', 'Meilisearch'],
]);

function displayName(name: string): string {
  return DISPLAY_NAMES.get(name) ?? name;
}
