import { mayHoldUnsafeNumber, quoteUnsafeNumbers } from './unsafe-numbers.ts';

export type ParsedJson = { readonly ok: true; readonly value: unknown } | { readonly ok: false };

const MALFORMED: ParsedJson = { ok: false };

/**
 * Parses JSON. Numbers that JavaScript cannot hold exactly come back as text with all their digits.
 */
export function parseJson(text: string): ParsedJson {
  try {
    const value: unknown = JSON.parse(text);
    // Only after the text is known to be JSON: quoting a number must not mend a broken one.
    if (!mayHoldUnsafeNumber(text)) return { ok: true, value };
    return { ok: true, value: JSON.parse(quoteUnsafeNumbers(text)) };
  } catch {
    return MALFORMED;
  }
}
