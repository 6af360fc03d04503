import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { words } from '#event';
import { caseVariants, foldCase } from './fold-case.ts';
import { foldedWords } from './terms.ts';
import { anyText } from './testing/arbitraries.ts';

/** The characters of a range of code points. */
function characters(from: number, to: number): string[] {
  const codes = Array.from({ length: to - from + 1 }, (_, at) => from + at);
  return codes
    .filter((code) => code < 0xd800 || code > 0xdfff)
    .map((code) => String.fromCodePoint(code));
}

/** Beyond it no character has a case. */
const LAST_CASED = 0x1ffff;

const WORD = /^[\p{L}\p{N}_]$/u;

describe('folding case', () => {
  const variantsOf = new Map<string, string[]>();
  const changed: string[] = [];
  for (const character of characters(0, LAST_CASED)) {
    const folded = foldCase(character);
    variantsOf.set(folded, [...(variantsOf.get(folded) ?? []), character]);
    if (foldCase(folded) !== folded) changed.push(character);
    if (WORD.test(folded) !== WORD.test(character)) changed.push(character);
  }

  it('gives one character for each, which stays, and keeps words words', () => {
    expect(changed).toEqual([]);
    expect([...variantsOf.keys()].filter((folded) => Array.from(folded).length !== 1)).toEqual([]);
  });

  it('knows every character that folds to another', () => {
    const sorted = (some: readonly string[]) => [...some].sort().join('');
    const wrong = [...variantsOf].filter(
      ([folded, found]) => sorted(caseVariants(folded)) !== sorted(found),
    );
    expect(wrong).toEqual([]);
  });

  it('has no character with a case, and none of words, beyond those that it lists', () => {
    const beyond = characters(LAST_CASED + 1, 0x10ffff).join('');
    expect(foldCase(beyond) === beyond).toBe(true);
    expect(
      characters(0x40000, 0x10ffff)
        .join('')
        .search(/[\p{L}\p{N}_]/u),
    ).toBe(-1);
  });

  it('does not depend on what stands around a character', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(foldCase(text)).toBe(Array.from(text, foldCase).join(''));
      }),
    );
  });

  it('cuts a text into the words of the skip index, but for sigma and İ', () => {
    const plain = (word: string) => word.replaceAll('ς', 'σ').replaceAll('İ', 'i̇');
    fc.assert(
      fc.property(anyText, (text) => {
        expect(foldedWords(text).map(plain)).toEqual(words(text).map(plain));
      }),
    );
  });
});
