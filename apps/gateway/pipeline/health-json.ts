import { formatTimestamp } from '#event';
import { noticesOf, type PipelineEvent, type PipelineHealth, type PipelineNews } from '#store';

/** The health as the API shows it. */
export function healthJson(health: PipelineHealth): object {
  const { at, stale, processes, away, ...figures } = health;
  const notices = noticesOf(health);
  return {
    status: notices.length === 0 ? 'ok' : 'attention',
    notices,
    at: formatTimestamp(at),
    stale: stale && { ...stale, since: formatTimestamp(stale.since) },
    processes: processes.map(({ startedAt, lastSeen, ...process }) => ({
      ...process,
      startedAt: formatTimestamp(startedAt),
      lastSeen: formatTimestamp(lastSeen),
    })),
    ...figures,
    away: away.map((each) => ({ ...each, since: formatTimestamp(each.since) })),
  };
}

/** News as server-sent events: `health` with the state, or the name of what happened. */
export function healthText(news: readonly PipelineNews[]): string {
  return news
    .map((each) =>
      each.kind === 'health'
        ? sse('health', healthJson(each.health))
        : sse(each.event.name, eventJson(each.event)),
    )
    .join('');
}

function eventJson(event: PipelineEvent): object {
  const at = formatTimestamp(event.at);
  if (!('process' in event)) return { at, dependency: event.dependency, reason: event.reason };
  const { process } = event;
  return { at, process: { ...process, lastSeen: formatTimestamp(process.lastSeen) } };
}

function sse(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
