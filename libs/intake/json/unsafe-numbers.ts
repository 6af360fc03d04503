/**
 * Fewer digits than these always survive the way into a double and back (DBL_DIG is 15), unless the exponent is
 * out of range.
 */
const LONG_RUN = 16;

const DOT = 46;
const MINUS = 45;
const ZERO = 48;
const PLUS = 43;
const SLASH = 47;
const LOWER_E = 101;
const LOWER_CASE = 0x20;
const NINE = 57;

/** An exponent of three digits can leave the range of a double (1e308, 1e-324). */
const LONG_EXPONENT = 3;

/**
 * Whether JSON text may hold a number that a double cannot. It may say yes for digits inside a string; it never
 * says no wrongly. Looks at every third character only: no run of three digits lies between two of them.
 */
export function mayHoldUnsafeNumber(json: string): boolean {
  for (let at = LONG_EXPONENT - 1; at < json.length; at += LONG_EXPONENT) {
    if (!isDigitOrDot(json.charCodeAt(at))) continue;
    const start = startOfRun(json, at);
    const end = endOfRun(json, at);
    if (isSuspicious(json, start, end)) return true;
    at = end;
  }
  return false;
}

function isDigitOrDot(code: number): boolean {
  return code <= NINE && code >= DOT && code !== SLASH;
}

function startOfRun(json: string, at: number): number {
  let start = at;
  while (start > 0 && isDigitOrDot(json.charCodeAt(start - 1))) start--;
  return start;
}

function endOfRun(json: string, at: number): number {
  let end = at + 1;
  while (end < json.length && isDigitOrDot(json.charCodeAt(end))) end++;
  return end;
}

function isSuspicious(json: string, start: number, end: number): boolean {
  if (end - start >= LONG_RUN && beginsNumber(json, start)) return true;
  return end - start >= LONG_EXPONENT && isExponent(json, start);
}

/** Whether digits that begin here may be a whole JSON number, by what stands before them. */
function beginsNumber(json: string, digits: number): boolean {
  const start = json.charCodeAt(digits - 1) === MINUS ? digits - 1 : digits;
  return start === 0 || ' \t\r\n:,['.includes(json.charAt(start - 1));
}

/** Whether digits that begin here are the exponent of what may be a JSON number. */
function isExponent(json: string, digits: number): boolean {
  const sign = json.charCodeAt(digits - 1);
  const letter = sign === MINUS || sign === PLUS ? digits - 2 : digits - 1;
  if ((json.charCodeAt(letter) | LOWER_CASE) !== LOWER_E) return false;
  return (
    isDigitOrDot(json.charCodeAt(letter - 1)) && beginsNumber(json, startOfRun(json, letter - 1))
  );
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
