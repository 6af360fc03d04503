import { quote } from '#event';

/** The first place at which a text is no JSON, and what could have stood there. */
export interface JsonError {
  /** UTF-16 units from the start; the length of the text where it ends too early. */
  readonly offset: number;
  readonly expected: string;
}

/** One sentence on the first error of malformed JSON: place (from 1, the column in characters) and what was expected. */
export function describeJsonError(text: string): string {
  const error = findJsonError(text);
  if (error === null) return 'it cannot be read';
  const line = lineOf(text, error.offset);
  const column = error.offset === 0 ? 1 : error.offset - text.lastIndexOf('\n', error.offset - 1);
  const found =
    error.offset < text.length
      ? quote(String.fromCodePoint(text.codePointAt(error.offset) ?? 0))
      : 'the end';
  return `at line ${line}, column ${column}, expected ${error.expected} but found ${found}`;
}

/** The number of the line, from 1, in which a place is. */
function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = 0; at < offset; at++) {
    if (text.charCodeAt(at) === 0x0a) line++;
  }
  return line;
}

/**
 * Finds the first error of a text by the grammar of RFC 8259, or null if it is JSON. JSON.parse names a place only in
 * some of its messages. Without recursion: no depth of nesting overflows the stack.
 */
export function findJsonError(text: string): JsonError | null {
  return new JsonScan(text).run();
}

type Expectation =
  | 'a value'
  | 'a value or "]"'
  | 'a key in double quotes'
  | 'a key in double quotes or "}"'
  | '":"'
  | '"," or "}"'
  | '"," or "]"'
  | 'the end';

interface Rule {
  readonly closer?: '}' | ']';
  readonly reads?: 'value' | 'key';
  readonly separator?: ',' | ':';
  /** What is expected after the separator. */
  readonly next: Expectation;
}

const RULES: Readonly<Record<Expectation, Rule>> = {
  'a value': { reads: 'value', next: 'the end' },
  'a value or "]"': { reads: 'value', closer: ']', next: 'the end' },
  'a key in double quotes': { reads: 'key', next: '":"' },
  'a key in double quotes or "}"': { reads: 'key', closer: '}', next: '":"' },
  '":"': { separator: ':', next: 'a value' },
  '"," or "}"': { separator: ',', closer: '}', next: 'a key in double quotes' },
  '"," or "]"': { separator: ',', closer: ']', next: 'a value' },
  'the end': { next: 'the end' },
};

const SPACE = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const UNICODE_ESCAPE = /u[0-9a-fA-F]{4}/y;
const SIMPLE_ESCAPES = new Set(Buffer.from('"\\/bfnrt'));
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

class JsonScan {
  private readonly text: string;
  private at = 0;
  private expected: Expectation = 'a value';
  private readonly open: ('{' | '[')[] = [];
  private error: JsonError | null = null;

  constructor(text: string) {
    this.text = text;
  }

  run(): JsonError | null {
    while (this.error === null) {
      this.skip(SPACE);
      if (this.expected === 'the end' && this.at === this.text.length) return null;
      if (!this.step(this.text.charAt(this.at))) this.fail(this.expected);
    }
    return this.error;
  }

  /** Takes one token, or answers false if it does not stand where it may. */
  private step(character: string): boolean {
    const rule = RULES[this.expected];
    if (character !== '' && character === rule.closer) return this.close();
    if (rule.reads === 'value') return this.value(character);
    if (rule.reads === 'key') return this.key(character);
    return rule.separator !== undefined && this.take(character === rule.separator, rule.next);
  }

  private take(fits: boolean, next: Expectation): boolean {
    if (!fits) return false;
    this.at++;
    this.expected = next;
    return true;
  }

  private value(character: string): boolean {
    if (character === '{' || character === '[') {
      this.open.push(character);
      return this.take(
        true,
        character === '{' ? 'a key in double quotes or "}"' : 'a value or "]"',
      );
    }
    const read = character === '"' ? this.string() : this.skip(NUMBER) || this.skip(WORD);
    if (read) this.afterValue();
    return read;
  }

  private key(character: string): boolean {
    if (character !== '"' || !this.string()) return false;
    this.expected = '":"';
    return true;
  }

  private close(): boolean {
    this.at++;
    this.open.pop();
    this.afterValue();
    return true;
  }

  private afterValue(): void {
    const container = this.open.at(-1);
    if (container === undefined) this.expected = 'the end';
    else this.expected = container === '{' ? '"," or "}"' : '"," or "]"';
  }

  /** Reads a string from its opening quote. An error inside it is recorded at its own place. */
  private string(): boolean {
    this.at++;
    while (this.at < this.text.length) {
      const code = this.text.charCodeAt(this.at);
      if (code < 0x20) return this.fail('an escape such as \\n for the control character');
      this.at++;
      if (code === QUOTE) return true;
      if (code === BACKSLASH && !this.escape()) return this.fail('an escape sequence of JSON');
    }
    return this.fail('a closing double quote');
  }

  private escape(): boolean {
    const simple = SIMPLE_ESCAPES.has(this.text.charCodeAt(this.at));
    if (simple) this.at++;
    return simple || this.skip(UNICODE_ESCAPE);
  }

  /** Moves past what the sticky pattern matches here; false if it matches nothing or the empty text. */
  private skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.text) || pattern.lastIndex === this.at) return false;
    this.at = pattern.lastIndex;
    return true;
  }

  private fail(expected: string): false {
    this.error ??= { offset: this.at, expected };
    return false;
  }
}
