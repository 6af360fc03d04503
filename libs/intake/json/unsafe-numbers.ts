const ZERO = 48;

/**
 * What a number of JSON that a double cannot hold looks like, behind what stands before one: 16 digits and points, since
 * fewer digits always survive the way into a double and back (DBL_DIG is 15), or an exponent of three digits, which can
 * leave the range of a double (1e308, 1e-324). Each part has one way to match, and no space is read for a second time
 * from within a run of it, so it takes linear time.
 */
const UNSAFE = String.raw`[ \t\r\n]*-?\d(?:[\d.]{15}|[\d.]*[eE][+-]?\d{3})`;
/** One expression for both would be slower: the second begins with a set of characters, which are found fast. */
const AT_THE_START = new RegExp(`^${UNSAFE}`);
const INSIDE = new RegExp(`[:,[]${UNSAFE}`);

/**
 * Whether JSON text, or lines of JSON objects, may hold a number that a double cannot. It may say yes for digits inside
 * a string; it never says no wrongly.
 */
export function mayHoldUnsafeNumber(json: string): boolean {
  return AT_THE_START.test(json) || INSIDE.test(json);
}

/** The JSON text with each number that a double cannot hold put in quotes. The text must be valid JSON. */
export function quoteUnsafeNumbers(json: string): string {
  const pieces: string[] = [];
  let at = 0;
  while (at < json.length) {
    const quote = json.indexOf('"', at);
    const stringStart = quote < 0 ? json.length : quote;
    pieces.push(json.slice(at, stringStart).replace(NUMBER, quoteIfUnsafe));
    at = endOfString(json, stringStart);
    pieces.push(json.slice(stringStart, at));
  }
  return pieces.join('');
}

const NUMBER = /-?\d[\d.eE+-]*/g;

function quoteIfUnsafe(literal: string): string {
  return isUnsafe(literal) ? `"${literal}"` : literal;
}

/** The place after the closing quote of the string that begins at `start`. */
function endOfString(json: string, start: number): number {
  let quote = json.indexOf('"', start + 1);
  while (quote >= 0 && isEscaped(json, quote)) quote = json.indexOf('"', quote + 1);
  return quote < 0 ? json.length : quote + 1;
}

function isEscaped(json: string, quote: number): boolean {
  let backslashes = 0;
  while (json.charAt(quote - 1 - backslashes) === '\\') backslashes++;
  return backslashes % 2 === 1;
}

/**
 * Whether a double loses digits of the literal. Whole numbers above 2^53 always count as lost, also the even ones
 * that a double happens to hold: of the ids in one field some would else be numbers and some texts.
 */
function isUnsafe(literal: string): boolean {
  const value = Number(literal);
  if (!Number.isFinite(value)) return true;
  if (Math.abs(value) > 2 ** 53 && /^-?\d+$/.test(literal)) return true;
  return decimalForm(literal) !== decimalForm(String(value));
}

/** A decimal literal as its significant digits and its power of ten: equal for equal values. */
function decimalForm(literal: string): string {
  const [mantissa = '', exponent = '0'] = unsigned(literal).toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = whole + fraction;
  let start = 0;
  while (start < digits.length && digits.charCodeAt(start) === ZERO) start++;
  let end = digits.length;
  while (end > start && digits.charCodeAt(end - 1) === ZERO) end--;
  if (start === end) return '0';
  const power = Number(exponent) - fraction.length + digits.length - end;
  return `${digits.slice(start, end)}e${power}`;
}

function unsigned(literal: string): string {
  return literal.startsWith('-') ? literal.slice(1) : literal;
}
