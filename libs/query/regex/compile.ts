import { RE2JS, RE2JSException } from 're2js';

/**
 * A test for an RE2 pattern found anywhere in a text, ignoring case unless the pattern says `(?-i)`; or, for what
 * is no pattern, RE2's reason as text. Time is linear in the text.
 */
export function compileRegex(pattern: string): ((text: string) => boolean) | string {
  try {
    const compiled = RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE);
    return (text) => compiled.test(text);
  } catch (error) {
    if (error instanceof RE2JSException) return reasonOf(error.message);
    throw error;
  }
}

/**
 * As `compileRegex` for the pattern of a parsed query.
 * @throws TypeError for what is no pattern
 */
export function requireRegex(pattern: string): (text: string) => boolean {
  const compiled = compileRegex(pattern);
  if (typeof compiled === 'string') throw new TypeError(compiled);
  return compiled;
}

/** Without the flag that RE2 puts before the pattern for what `compileRegex` asks of it. */
function reasonOf(message: string): string {
  return message.replace('`(?i)', '`');
}
