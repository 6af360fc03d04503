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
  return processes.filter(isNews).map(({ id, kind, host }) => ({
    code: 'process-died',
    subject: id,
    detail: `The ${kind} on ${host} has stopped without a word.`,
  }));
}

const DISPLAY_NAMES = new Map([
  ['postgres', 'Postgres'],
  ['rabbitmq', 'RabbitMQ'],
  ['meilisearch', 'Meilisearch'],
]);

function displayName(name: string): string {
  return DISPLAY_NAMES.get(name) ?? name;
}
