import { visibleText } from './visible-text.ts';

/** A stretch of visible text with the classes of its look; `to` is exclusive. */
export interface TextStyle {
  readonly from: number;
  readonly to: number;
  readonly classes: string;
}

export interface StyledText {
  readonly text: string;
  /** Ascending, without overlap. */
  readonly styles: readonly TextStyle[];
}

const ESCAPE = String.fromCodePoint(0x1b);
const SGR = new RegExp(`${ESCAPE}\\[([0-9;:]*)m`, 'gu');

/** What SGR sequences have switched on. */
interface Look {
  /** 0 to 7, the colours of a terminal. */
  readonly colour: number | null;
  readonly bold: boolean;
  readonly italic: boolean;
  readonly underlined: boolean;
}

const PLAIN: Look = { colour: null, bold: false, italic: false, underlined: false };

/**
 * The visible text with the colours that a program wrote for a terminal. A colour becomes a class of our own, so it
 * is readable on both themes; backgrounds and colours beyond the sixteen are left out.
 */
export function readAnsi(raw: string): StyledText {
  if (!raw.includes(ESCAPE)) return { text: visibleText(raw), styles: [] };
  const styles: TextStyle[] = [];
  let text = '';
  let look = PLAIN;
  let at = 0;
  const add = (part: string): void => {
    const from = text.length;
    text += visibleText(part);
    const classes = classesOf(look);
    if (classes !== '' && text.length > from) styles.push({ from, to: text.length, classes });
  };
  for (const match of raw.matchAll(SGR)) {
    add(raw.slice(at, match.index));
    at = match.index + match[0].length;
    look = applied(look, match[1] ?? '');
  }
  add(raw.slice(at));
  return { text, styles };
}

function applied(look: Look, parameters: string): Look {
  const codes = parameters.split(/[;:]/).map(Number);
  let result = look;
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0;
    // 38;5;n and 38;2;r;g;b (48 for the background) bring parameters of their own.
    if (code === 38 || code === 48) {
      const indexed = codes[at + 1] === 5;
      if (code === 38) result = { ...result, colour: indexed ? basic(codes[at + 2]) : null };
      at += indexed ? 2 : 4;
    } else result = { ...result, ...changeOf(code) };
  }
  return result;
}

const CHANGES: Readonly<Record<number, Partial<Look>>> = {
  0: PLAIN,
  1: { bold: true },
  3: { italic: true },
  4: { underlined: true },
  22: { bold: false },
  23: { italic: false },
  24: { underlined: false },
  39: { colour: null },
};

function changeOf(code: number): Partial<Look> {
  if (code >= 30 && code <= 37) return { colour: code - 30 };
  if (code >= 90 && code <= 97) return { colour: code - 90 };
  return CHANGES[code] ?? {};
}

function basic(colour: number | undefined): number | null {
  return colour !== undefined && colour < 16 ? colour % 8 : null;
}

function classesOf({ colour, bold, italic, underlined }: Look): string {
  return [
    colour === null ? '' : `ansi-${colour.toString()}`,
    bold ? 'ansi-bold' : '',
    italic ? 'ansi-italic' : '',
    underlined ? 'ansi-underlined' : '',
  ]
    .filter((name) => name !== '')
    .join(' ');
}
