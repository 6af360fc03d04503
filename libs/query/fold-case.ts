const NON_ASCII = /[^\0-\x7f]/u;

/**
 * A text as it is compared where case is ignored: each character lower-cased by itself, so that the result of a
 * part does not depend on what stands around it. That differs from `toLowerCase` in two letters: final sigma is
 * plain sigma, and İ, whose lower case is two characters, stays.
 */
export function foldCase(text: string): string {
  if (!NON_ASCII.test(text)) return text.toLowerCase();
  return text
    .split('İ')
    .map((part) => part.toLowerCase())
    .join('İ')
    .replaceAll('ς', 'σ');
}

/** All characters that fold to the same character as the given one, itself included. */
export function caseVariants(folded: string): readonly string[] {
  const code = folded.codePointAt(0) ?? 0;
  if (code < 128) return asciiVariants(folded);
  return nonAsciiVariants().get(folded) ?? [folded];
}

function asciiVariants(folded: string): readonly string[] {
  // The Kelvin sign is the one character outside ASCII that folds into it (a test proves it).
  if (folded === 'k') return ['k', 'K', '\u212a'];
  const upper = folded.toUpperCase();
  return upper === folded ? [folded] : [folded, upper];
}

let variants: ReadonlyMap<string, readonly string[]> | null = null;

function nonAsciiVariants(): ReadonlyMap<string, readonly string[]> {
  variants ??= collectVariants();
  return variants;
}

function collectVariants(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (let code = 128; code <= 0x1ffff; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const character = String.fromCodePoint(code);
    const folded = foldCase(character);
    if (folded === character) continue;
    const list = found.get(folded) ?? [folded];
    list.push(character);
    found.set(folded, list);
  }
  return found;
}
