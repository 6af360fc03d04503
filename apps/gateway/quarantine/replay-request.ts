import { invalidParameters, type Problem } from '../http/problem.ts';
import type { ParameterSource } from '../parameters/read-parameters.ts';

const MOST_IDS = 1_000;
const LONGEST_REASON = 200;
/** Characters of an unknown name that a message repeats. */
const LONGEST_NAME = 100;
const ENTRY_ID = /^\d{1,18}$/;

export type ReplayRequest =
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  | { readonly kind: 'reason'; readonly reason: string };

export function isEntryId(id: string): boolean {
  return ENTRY_ID.test(id);
}

/** `{"ids":[...]}` or `{"reason":"..."}`. Throws a 400 `Problem`. */
export function readReplayRequest(body: ParameterSource): ReplayRequest {
  const { ids, reason, ...others } = body;
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined)
    throw invalid(unknown.slice(0, LONGEST_NAME), 'there is no such member; send ids or reason.');
  if (ids !== undefined && reason !== undefined) throw invalid('ids', 'send either ids or reason.');
  if (reason !== undefined) return { kind: 'reason', reason: readReason(reason) };
  return { kind: 'ids', ids: readIds(ids) };
}

function readReason(reason: unknown): string {
  if (typeof reason === 'string' && reason !== '' && reason.length <= LONGEST_REASON) return reason;
  throw invalid('reason', `it must be a text of 1 to ${LONGEST_REASON} characters.`);
}

function readIds(ids: unknown): readonly string[] {
  if (!Array.isArray(ids) || ids.length === 0 || ids.length > MOST_IDS) {
    throw invalid('ids', `send 1 to ${MOST_IDS} ids, or a reason instead.`);
  }
  return ids.map((id: unknown, index) => {
    const text = typeof id === 'number' ? String(id) : id;
    if (typeof text === 'string' && isEntryId(text)) return text;
    throw invalid(`ids[${index}]`, 'it must be the id of an entry of the quarantine.');
  });
}

function invalid(field: string, detail: string): Problem {
  return invalidParameters([{ field, detail }]);
}
