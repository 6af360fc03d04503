import { unavailable } from '../http/problem.ts';
import type { QuarantinedEvents, Replay } from './quarantined-events.ts';

export interface ReplayReport {
  readonly replayed: number;
  readonly rejected: readonly { readonly id: string; readonly reason: string }[];
  /** Ids of which there is no entry: they were replayed or deleted before, or never were. */
  readonly unknown: readonly string[];
}

/**
 * Replays the entries one after the other until none is left or `signal` ends; what was accepted leaves the
 * quarantine. Throws a 503 `Problem` when the intake
 * cannot take them now: what is left stays, so the same request can be sent again.
 */
export async function replayEntries(
  ids: AsyncIterable<string> | Iterable<string>,
  quarantine: QuarantinedEvents,
  replay: Replay,
  signal: AbortSignal,
): Promise<ReplayReport> {
  const rejected: { id: string; reason: string }[] = [];
  const unknown: string[] = [];
  let replayed = 0;
  for await (const id of ids) {
    if (signal.aborted) break;
    const raw = await quarantine.raw(id);
    if (raw === null) {
      unknown.push(id);
      continue;
    }
    const outcome = await replay(raw, id, signal);
    switch (outcome.kind) {
      case 'accepted':
        await quarantine.delete(id);
        replayed += 1;
        break;
      case 'rejected':
        rejected.push({ id, reason: outcome.reason });
        break;
      case 'unavailable':
        throw unavailable(
          'replay-unavailable',
          `After ${replayed} replayed entries the intake could not take more: ${outcome.reason}. Send the same request again.`,
          outcome.retryAfterSeconds,
        );
    }
  }
  return { replayed, rejected, unknown };
}

const PAGE = 100;

/** The ids of all entries with a reason, page by page. */
export async function* idsWithReason(
  quarantine: QuarantinedEvents,
  reason: string,
): AsyncGenerator<string> {
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<QuarantinedEvents['list']>> = await quarantine.list({
      cursor,
      reason,
      limit: PAGE,
    });
    for (const entry of page.entries) yield entry.id;
    cursor = page.nextCursor;
  } while (cursor !== null);
}
