/** Longer texts and deeper ones are shown as they are. */
const LONGEST = 200_000;
const DEEPEST = 50;

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/**
 * A JSON object or array in lines, null for any other text. Only white space changes: numbers keep all the digits
 * that they were sent with.
 */
export function prettyJson(text: string): string | null {
  if (text.length > LONGEST || !/^\s*[[{]/.test(text) || !isJson(text)) return null;
  const lines = new IndentedLines();
  for (const [token] of text.matchAll(TOKEN)) lines.add(token);
  return lines.deepest > DEEPEST ? null : lines.text;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

class IndentedLines {
  #parts: string[] = [];
  #depth = 0;
  /** A bracket was opened and nothing stands in it yet. */
  #opened = false;
  deepest = 0;

  get text(): string {
    return this.#parts.join('');
  }

  add(token: string): void {
    if (token === '}' || token === ']') this.#close(token);
    else if (token === ',') this.#parts.push(',', this.#newLine());
    else if (token === ':') this.#parts.push(': ');
    else this.#value(token);
  }

  #close(token: string): void {
    this.#depth -= 1;
    if (!this.#opened) this.#parts.push(this.#newLine());
    this.#parts.push(token);
    this.#opened = false;
  }

  #value(token: string): void {
    if (this.#opened) this.#parts.push(this.#newLine());
    this.#parts.push(token);
    this.#opened = token === '{' || token === '[';
    if (this.#opened) this.#depth += 1;
    this.deepest = Math.max(this.deepest, this.#depth);
  }

  #newLine(): string {
    return `\n${'  '.repeat(Math.min(this.#depth, DEEPEST))}`;
  }
}
