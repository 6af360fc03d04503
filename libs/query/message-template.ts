/** What stands for a variable part in a template. */
export const VARIABLE_PART = '<*>';

/** Two messages that differ only after these many characters have the same template. */
const COMPARED = 1_024;

/** UUIDs, times, hexadecimal numbers and ids, and numbers with what joins them (addresses, versions, clocks). */
const VARIABLE = new RegExp(
  [
    '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
    String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?`,
    String.raw`0x[0-9a-f]+`,
    String.raw`(?<![\p{L}\p{N}])(?=[0-9a-f]*\d)[0-9a-f]{8,}(?![\p{L}\p{N}])`,
    String.raw`\d+(?:[.,:]\d+)*`,
  ].join('|'),
  'giu',
);

const CUT = '…';

/**
 * What a message has in common with others like it: numbers, times, addresses and hexadecimal ids are masked. Words
 * that vary are not: who knows which of them matter.
 */
export function messageTemplate(message: string): string {
  const masked = message.slice(0, COMPARED).replace(VARIABLE, VARIABLE_PART);
  return message.length > COMPARED ? masked + CUT : masked;
}

const WORD = /[\p{L}\p{N}_]+/gu;
const MOST_PHRASES = 8;

/**
 * The query for messages of a template: its words, as far as they are whole. It may find a few others too; null where
 * the template has no whole word.
 */
export function templateQuery(template: string): string | null {
  const parts = template.split(VARIABLE_PART);
  const phrases = parts.map((part, at) => {
    const cutAtEnd = at < parts.length - 1 || template.endsWith(CUT);
    return wholeWords(part.replace(/…$/u, ''), at > 0, cutAtEnd).join(' ');
  });
  const wanted = [...new Set(phrases)]
    .filter((phrase) => phrase.length > 1)
    .sort((a, b) => b.length - a.length)
    .slice(0, MOST_PHRASES);
  return wanted.length === 0 ? null : wanted.map((phrase) => `"${phrase}"`).join(' ');
}

/** Without words that the variable part beside them belongs to, like the `user` of `user17`. */
function wholeWords(text: string, joinedBefore: boolean, joinedAfter: boolean): string[] {
  const words = [...text.matchAll(WORD)];
  return words
    .filter(({ index, 0: word }) => {
      const atStart = joinedBefore && index === 0;
      const atEnd = joinedAfter && index + word.length === text.length;
      return !atStart && !atEnd;
    })
    .map(([word]) => word);
}
