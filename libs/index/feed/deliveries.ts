import { setTimeout as delay } from 'node:timers/promises';
import type { EventPosition } from '#event';
import {
  IndexUnavailableError,
  type IndexDocument,
  type IndexWriter,
  type TaskId,
  type TaskOutcome,
} from '../search-index.ts';

/** Bounds of one payload. */
const MAX_PAYLOAD_CHARACTERS = 4 * 1024 * 1024;
const MAX_PAYLOAD_DOCUMENTS = 10_000;

/** Hands documents over in payloads of a bounded size. */
export async function deliver(
  index: IndexWriter,
  name: string,
  documents: readonly IndexDocument[],
  signal: AbortSignal,
): Promise<readonly TaskId[]> {
  const tasks: TaskId[] = [];
  for (const payload of payloads(documents)) tasks.push(await index.add(name, payload, signal));
  return tasks;
}

function payloads(documents: readonly IndexDocument[]): readonly (readonly IndexDocument[])[] {
  const cut: IndexDocument[][] = [];
  let characters = Infinity;
  for (const document of documents) {
    characters += document.text.length;
    const last = cut.at(-1);
    if (characters > MAX_PAYLOAD_CHARACTERS || last?.length === MAX_PAYLOAD_DOCUMENTS) {
      cut.push([document]);
      characters = document.text.length;
    } else last?.push(document);
  }
  return cut;
}

const POLL_MS = 50;
/** Refusals that are worth finding out document by document; more of them are no fault of documents. */
const MAX_TASKS = 100;
const TASK_MS = 120_000;

/**
 * Hands over documents of which a task failed, in ever smaller parts, each once the one before has ended: a failure
 * may be that of other documents in the same batch of the backend.
 *
 * @returns the documents that the index refuses
 * @throws IndexUnavailableError where no document is to blame
 */
export async function deliverApart(
  index: IndexWriter,
  name: string,
  documents: readonly IndexDocument[],
  signal: AbortSignal,
): Promise<readonly EventPosition[]> {
  const refused: EventPosition[] = [];
  const open: (readonly IndexDocument[])[] = [documents];
  for (let tasks = 0; open.length > 0; tasks++) {
    const part = open.pop() ?? [];
    if (tasks === MAX_TASKS) throw new IndexUnavailableError('it refuses too many documents');
    const outcome = await ended(index, await index.add(name, part, signal), signal);
    if (outcome.kind === 'succeeded') continue;
    if (outcome.kind !== 'failed' || !outcome.documents)
      throw new IndexUnavailableError(`a task failed: ${describeOutcome(outcome)}`);
    const middle = Math.ceil(part.length / 2);
    if (part.length === 1) refused.push(...part);
    else open.push(part.slice(middle), part.slice(0, middle));
  }
  return refused;
}

export function describeOutcome(outcome: TaskOutcome): string {
  return outcome.kind === 'failed' ? `${outcome.code}: ${outcome.message}` : outcome.kind;
}

async function ended(index: IndexWriter, task: TaskId, signal: AbortSignal): Promise<TaskOutcome> {
  const deadline = performance.now() + TASK_MS;
  for (;;) {
    const [outcome] = await index.outcomes([task], signal);
    if (outcome !== undefined && outcome.kind !== 'pending') return outcome;
    if (performance.now() > deadline)
      throw new IndexUnavailableError(`a task did not end within ${TASK_MS} ms`);
    await delay(POLL_MS, undefined, { signal });
  }
}
