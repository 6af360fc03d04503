import { describe, expect, it } from '@jest/globals';
import { readAnsi } from './ansi-text.ts';

describe('readAnsi', () => {
  it.each([
    ['plain', 'plain', []],
    ['\u001b[31mred\u001b[0m end', 'red end', ['ansi-1 red']],
    ['\u001b[1;92mok\u001b[22m still', 'ok still', ['ansi-2 ansi-bold ok', 'ansi-2  still']],
    ['\u001b[38;5;9mx\u001b[39my', 'xy', ['ansi-1 x']],
    ['\u001b[38;2;1;2;3;4mx', 'x', ['ansi-underlined x']],
    ['\u001b[48;5;1mx\u001b[m', 'x', []],
    ['\u001b[2Ja\u001b[32mb', 'ab', ['ansi-2 b']],
    ['\u001b[999;;mx', 'x', []],
    ['\u001b[31m\u202eevil', '⟨U+202E⟩evil', ['ansi-1 ⟨U+202E⟩evil']],
  ])('of %j shows %j', (raw, text, styles) => {
    const read = readAnsi(raw);
    expect(read.text).toBe(text);
    expect(
      read.styles.map(({ from, to, classes }) => `${classes} ${read.text.slice(from, to)}`),
    ).toEqual(styles);
  });
});
