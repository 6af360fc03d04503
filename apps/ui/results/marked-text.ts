/** Finds what a query matched in a text: ascending, not overlapping, end exclusive. */
export type Highlighter = (
  text: string,
) => readonly { readonly from: number; readonly to: number }[];

export interface TextPart {
  readonly text: string;
  readonly marked: boolean;
}

/** Cuts a text where the highlighter's marks begin and end. */
export function markText(text: string, highlighter: Highlighter): TextPart[] {
  const parts: TextPart[] = [];
  let at = 0;
  for (const { from, to } of highlighter(text)) {
    if (from > at) parts.push({ text: text.slice(at, from), marked: false });
    if (to > from) parts.push({ text: text.slice(from, to), marked: true });
    at = to;
  }
  if (at < text.length || parts.length === 0) parts.push({ text: text.slice(at), marked: false });
  return parts;
}
