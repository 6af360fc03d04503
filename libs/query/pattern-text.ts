/**
 * The literal parts of a value between its unescaped `*`: `a*b` gives ['a','b'], a value without `*` itself.
 * In quotes `\` escapes `*`, `"` and `\`; outside them every character that is no letter, digit or `_`.
 */
export function literalParts(text: string, quoted: boolean): string[] {
  const escapable = quoted ? /[*"\\]/ : /[^\p{L}\p{N}_]/u;
  const parts: string[] = [];
  let part = '';
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    const next = text.charAt(at + 1);
    if (character === '*') {
      parts.push(part);
      part = '';
    } else if (character === '\\' && next !== '' && escapable.test(next)) {
      part += next;
      at++;
    } else part += character;
  }
  parts.push(part);
  return parts;
}
