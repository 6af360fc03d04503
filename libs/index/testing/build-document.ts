import { indexText } from '../index-text.ts';
import type { IndexDocument } from '../search-index.ts';

/** 2026-03-10T12:00:00Z. */
export const NOON = Date.UTC(2026, 2, 10, 12) * 1_000;

/** The copy of an event at NOON, of level info; `change` overrides its fields, and `message` makes its text. */
export function buildDocument(
  change: Partial<IndexDocument> & { readonly message?: string } = {},
): IndexDocument {
  const { message = 'disk is full', ...fields } = change;
  return {
    timestamp: NOON,
    groupSeq: 1,
    ordinal: 0,
    level: 'info',
    text: indexText(message) ?? '',
    service: null,
    ...fields,
  };
}
