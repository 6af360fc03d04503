import { describe, expect, it } from '@jest/globals';
import { messageTemplate } from '../../../libs/query/page.ts';
import { templateParts } from './template-parts.ts';

describe('templateParts', () => {
  it.each([
    ['job 17 of 20', 'job … of …'],
    ['\u001b[31mred\u001b[0m asked 5 times', 'red asked … times'],
    ['\u001b[1;38;5;9mbold\u001b[m \u001b[2Kend', 'bold end'],
    ['user \u202etxt.exe', 'user ⟨U+202E⟩txt.exe'],
  ])('of %j are read as %j', (message, read) => {
    const parts = templateParts(messageTemplate(message));
    expect(parts.map(({ text }) => text).join('')).toBe(read);
    expect(parts.every(({ text, classes }) => (text === '…') === (classes === 'variable'))).toBe(
      true,
    );
  });
});
