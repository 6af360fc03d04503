import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { IndexUnavailableError, type TaskId } from '../search-index.ts';

const compress = promisify(gzip);

export interface DocumentsRequest {
  readonly url: string;
  readonly apiKey: string | null;
  readonly index: string;
  /** NDJSON. */
  readonly lines: string;
  readonly timeoutMs: number;
}

/**
 * Hands documents over, compressed, which the client's own call cannot do.
 *
 * @throws IndexUnavailableError for a refusal; errors of `fetch`
 */
export async function postDocuments(request: DocumentsRequest): Promise<TaskId> {
  const { url, apiKey, index, lines, timeoutMs } = request;
  const base = url.endsWith('/') ? url : `${url}/`;
  const response = await fetch(`${base}indexes/${index}/documents?primaryKey=id`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-ndjson',
      'content-encoding': 'gzip',
      'accept-encoding': 'identity',
      ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
    },
    body: new Uint8Array(await compress(lines, { level: 1 })),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await response.text();
  const task = response.ok ? taskUid(text) : null;
  if (task === null)
    throw new IndexUnavailableError(`documents refused: ${response.status} ${text.slice(0, 500)}`);
  return task;
}

function taskUid(text: string): TaskId | null {
  const answer: unknown = JSON.parse(text);
  const isTask = typeof answer === 'object' && answer !== null && 'taskUid' in answer;
  return isTask && typeof answer.taskUid === 'number' ? answer.taskUid : null;
}
