import type { Task } from 'meilisearch';
import type { TaskOutcome } from '../search-index.ts';

/**
 * Failures for which the documents of the task may be to blame. `internal` fails every task that the server had
 * merged into one batch, also those whose documents are good.
 */
const OF_DOCUMENTS: ReadonlySet<string> = new Set([
  'internal',
  'invalid_document_id',
  'missing_document_id',
  'malformed_payload',
  'payload_too_large',
  'invalid_document_fields',
  'document_fields_limit_reached',
  'invalid_document_geo_field',
  'invalid_document_vectors_field',
]);

export function taskOutcome(task: Pick<Task, 'status' | 'error'> | undefined): TaskOutcome {
  switch (task?.status) {
    case undefined:
      return { kind: 'unknown' };
    case 'succeeded':
      return { kind: 'succeeded' };
    case 'failed':
    case 'canceled': {
      const code = task.error?.code ?? task.status;
      const message = task.error?.message ?? 'no reason given';
      return { kind: 'failed', code, message, documents: OF_DOCUMENTS.has(code) };
    }
    default:
      return { kind: 'pending' };
  }
}
