const LONGEST = 2_000;

/**
 * A path of our own page, or `/` for whatever else: after a login nobody is to be led to another site. Browsers take
 * `//host` and `/\host` for other hosts, and ignore tabs and line ends.
 */
export function returnPath(text: string | null): string {
  if (text === null || text.length > LONGEST) return '/';
  return /^\/(?![/\\])[\x21-\x7e]*$/.test(text) && !text.includes('\\') ? text : '/';
}
