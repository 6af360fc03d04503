import { describe, expect, it } from '@jest/globals';
import { visibleText } from './visible-text.ts';

describe('visibleText', () => {
  it.each([
    ['plain text with a\ttab\nand a line', 'plain text with a\ttab\nand a line'],
    ['\u001b[31mred\u001b[0m and \u001b[1;32mbold\u001b[m', 'red and bold'],
    ['first\n[INFO] second', 'first\n[INFO] second'],
    ['bell\u0007 and nul\u0000', 'bell\u2407 and nul\u2400'],
    ['a\r\nb', 'a\nb'],
    ['user\u202etxt.exe', 'user\u27e8U+202E\u27e9txt.exe'],
    ['می\u200cخواهم', 'می\u200cخواهم'],
    ['क्\u200dष', 'क्\u200dष'],
    ['👨\u200d👩\u200d👧', '👨\u200d👩\u200d👧'],
    ['10\u200cها', '10\u200cها'],
    ['ad\u200dmin', 'ad\u27e8U+200D\u27e9min'],
    ['سلام\u202eabc\u2066', 'سلام\u27e8U+202E\u27e9abc\u27e8U+2066\u27e9'],
    ['<script>alert(1)</script>', '<script>alert(1)</script>'],
    ['שלום עולם', 'שלום עולם'],
  ])('shows %j as %j', (text, shown) => {
    expect(visibleText(text)).toBe(shown);
  });
});
