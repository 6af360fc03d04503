import type { LogEvent } from './log-event.ts';
import { forEachWord } from './words.ts';

/** The fields whose exact values the skip index holds as tokens. */
export const TOKEN_FIELDS = [
  'resourceId',
  'traceId',
  'spanId',
  'commit',
  'service',
  'parentResourceId',
] as const satisfies readonly (keyof LogEvent)[];

export type TokenField = (typeof TOKEN_FIELDS)[number];

/** The token of an exact, case-sensitive field value. It never equals a word, which holds no `=`. */
export function fieldToken(field: TokenField, value: string): string {
  return `${field}=${value}`;
}

/** Visits the tokens of an event for the skip index: the words of its message and its field values, repeats included. */
export function forEachToken(
  event: Pick<LogEvent, 'message' | TokenField>,
  visit: (token: string) => void,
): void {
  forEachWord(event.message, visit);
  for (const field of TOKEN_FIELDS) {
    const value = event[field];
    if (value !== null) visit(fieldToken(field, value));
  }
}
