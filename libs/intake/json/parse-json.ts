import { mayHoldUnsafeNumber, quoteUnsafeNumbers } from './unsafe-numbers.ts';

export type ParsedJson = { readonly ok: true; readonly value: unknown } | { readonly ok: false };

export type JsonParser = (text: string) => ParsedJson;

const MALFORMED: ParsedJson = { ok: false };

/** Parses JSON. Numbers that JavaScript cannot hold exactly come back as text with all their digits. */
export const parseJson: JsonParser = (text) => {
  const parsed = parseRounding(text);
  // Only after the text is known to be JSON: quoting a number must not mend a broken one.
  if (!parsed.ok || !mayHoldUnsafeNumber(text)) return parsed;
  return parseRounding(quoteUnsafeNumbers(text));
};

/** What parses the lines of a text as `parseJson` does, looking for unsafe numbers once in the whole text. */
export function parserOfLines(text: string): JsonParser {
  return mayHoldUnsafeNumber(text) ? parseJson : parseRounding;
}

function parseRounding(text: string): ParsedJson {
  try {
    const value: unknown = JSON.parse(text);
    return { ok: true, value };
  } catch {
    return MALFORMED;
  }
}
