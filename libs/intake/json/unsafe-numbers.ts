/**
 * Fewer digits than these always survive the way into a double and back (DBL_DIG is 15), unless the exponent is
 * out of range.
 */
const LONG_RUN = 16;

const DOT = 46;
const MINUS = 45;
const ZERO = 48;
const NINE = 57;

/** An exponent of three digits can leave the range of a double (1e308, 1e-324). */
const LONG_EXPONENT = /[\s:,[]-?\d[\d.]*[eE][+-]?\d{3}/;

/**
 * Whether JSON text may hold a number that a double cannot. It may say yes for digits inside a string; it never
 * says no wrongly.
 */
export function mayHoldUnsafeNumber(json: string): boolean {
  return hasLongRun(json) || LONG_EXPONENT.test(json);
}

/** Looks at every 16th character only: no run of 16 digits lies between two of them. */
function hasLongRun(json: string): boolean {
  for (let at = LONG_RUN - 1; at < json.length; at += LONG_RUN) {
    if (isDigitOrDot(json.charCodeAt(at)) && isLongNumber(json, at)) return true;
  }
  return false;
}

function isDigitOrDot(code: number): boolean {
  return (code >= ZERO && code <= NINE) || code === DOT;
}

/** Whether the run of digits around a place is long and stands where a JSON number may begin. */
function isLongNumber(json: string, at: number): boolean {
  let start = at;
  while (start > 0 && isDigitOrDot(json.charCodeAt(start - 1))) start--;
  let end = at + 1;
  while (end < json.length && end - start < LONG_RUN && isDigitOrDot(json.charCodeAt(end))) end++;
  if (end - start < LONG_RUN) return false;
  if (json.charCodeAt(start - 1) === MINUS) start--;
  return start === 0 || ' \t\r\n:,['.includes(json.charAt(start - 1));
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
