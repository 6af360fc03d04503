/** How much work and memory a JSON body asks of a parser, found without parsing it. */
export interface JsonWeight {
  /** Deepest nesting. */
  readonly depth: number;
  /** Objects, arrays and the values that commas divide. */
  readonly nodes: number;
  /** Elements of the outermost array, at least; 0 where the body is no array. */
  readonly elements: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
const COMMA = 0x2c;
/** `[` and `{`, `]` and `}` differ in this bit only. */
const CURLY = 0x20;
const OPEN_CURLY = 0x7b;
const CLOSE_CURLY = 0x7d;
const OPEN_SQUARE = 0x5b;

/** Weighs a body in one pass over its bytes. Of malformed JSON the figures are approximate. */
export function weighJson(body: Uint8Array): JsonWeight {
  const scales = new Scales();
  for (let at = 0; at < body.length; at++) {
    const byte = body[at] ?? 0;
    if (byte === QUOTE) at = endOfString(body, at);
    else scales.put(byte);
  }
  return scales.weight();
}

class Scales {
  private depth = 0;
  private deepest = 0;
  private nodes = 0;
  private topCommas = 0;
  private root = 0;

  /** Takes one byte outside of strings. */
  put(byte: number): void {
    if ((byte | CURLY) === OPEN_CURLY) this.open(byte);
    else if ((byte | CURLY) === CLOSE_CURLY) this.depth--;
    else if (byte === COMMA) this.comma();
  }

  weight(): JsonWeight {
    const elements = this.root === OPEN_SQUARE ? this.topCommas + 1 : 0;
    return { depth: this.deepest, nodes: this.nodes, elements };
  }

  private comma(): void {
    this.nodes++;
    if (this.depth === 1) this.topCommas++;
  }

  private open(bracket: number): void {
    if (this.root === 0) this.root = bracket;
    this.nodes++;
    if (++this.depth > this.deepest) this.deepest = this.depth;
  }
}

/** The place of the closing quote. No string of JSON goes over a line break, so a broken one ends there. */
function endOfString(body: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < body.length && body[at] !== QUOTE && body[at] !== NEWLINE) {
    at += body[at] === BACKSLASH ? 2 : 1;
  }
  return at;
}
