import type { StyledText } from './ansi-text.ts';

/** Finds what a query matched in a text: ascending, not overlapping, end exclusive. */
export type Highlighter = (
  text: string,
) => readonly { readonly from: number; readonly to: number }[];

export interface TextPart {
  readonly text: string;
  readonly marked: boolean;
  /** Classes of its look, or the empty text. */
  readonly classes: string;
}

/** Cuts a text where the highlighter's marks and the styles begin and end. */
export function markText({ text, styles }: StyledText, highlighter: Highlighter): TextPart[] {
  const marks = highlighter(text);
  const edges = new Set([0, text.length]);
  for (const { from, to } of [...marks, ...styles]) edges.add(from).add(to);
  const cuts = [...edges].sort((a, b) => a - b);
  const markAt = covering(marks);
  const styleAt = covering(styles);
  const parts = cuts.slice(0, -1).map((from, at) => ({
    text: text.slice(from, cuts[at + 1]),
    marked: markAt(from) !== null,
    classes: styleAt(from)?.classes ?? '',
  }));
  return parts.length > 0 ? parts : [{ text: '', marked: false, classes: '' }];
}

/** Finds the range at a place; the places that are asked for ascend, as the ranges do. */
function covering<T extends { readonly from: number; readonly to: number }>(
  ranges: readonly T[],
): (place: number) => T | null {
  let next = 0;
  return (place) => {
    while ((ranges[next]?.to ?? Infinity) <= place) next += 1;
    const range = ranges[next];
    return range !== undefined && range.from <= place ? range : null;
  };
}
