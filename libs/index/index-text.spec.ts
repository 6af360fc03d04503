import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { words } from '#event';
import { indexedWords, indexText, MAX_MESSAGE_BYTES } from './index-text.ts';

const LETTERS = Array.from('aBéßЖΩς7_- İﬁIıK日\u0307😀');

describe('indexText', () => {
  it.each([
    ['Failed to CONNECT: "timeout=30s"', 'failed to connect timeout 30s'],
    ['user_name lost', 'user name lost'],
    ['request 1234567 took 0xdeadbeef01 ms', 'request took ms'],
    ['trace 4bf92f3577b34da6 of 1234', 'trace of 1234'],
    ['日本語 text', 'text'],
    ['7ω жa x7 ы', 'x7 ы'],
    ['ΣΊΓΜΑΣ', 'σίγμασ'],
    ['a\u0000b\ud800c', 'a b c'],
    [`${'x'.repeat(81)} y`, 'y'],
    ['', ''],
  ])('of %j is %j', (message, text) => {
    expect(indexText(message)).toBe(text);
  });

  it('is null for a long message', () => {
    expect(indexText('x'.repeat(MAX_MESSAGE_BYTES))).toBe('');
    expect(indexText('x'.repeat(MAX_MESSAGE_BYTES + 1))).toBeNull();
    expect(indexText('ß'.repeat(MAX_MESSAGE_BYTES / 2 + 1))).toBeNull();
  });
});

describe('indexedWords', () => {
  it('are pieces, each once, without what is masked', () => {
    expect(indexedWords(['user_name', 'name', '1234567', 'x'])).toEqual(['user', 'name', 'x']);
    expect(indexedWords(['日本語'])).toEqual([]);
  });

  it('of a message are in its copy', () => {
    const letters = fc.constantFrom(...LETTERS);
    fc.assert(
      fc.property(fc.string({ unit: letters, maxLength: 40 }), (message) => {
        const held = new Set(indexText(message)?.split(' '));
        expect(indexedWords(words(message)).filter((word) => !held.has(word))).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });
});
