import { describe, expect, it } from '@jest/globals';
import { markText } from './marked-text.ts';

describe('markText', () => {
  it('cuts a text at the marks', () => {
    const parts = markText('failed to connect', () => [
      { from: 0, to: 6 },
      { from: 10, to: 17 },
    ]);
    expect(parts).toEqual([
      { text: 'failed', marked: true },
      { text: ' to ', marked: false },
      { text: 'connect', marked: true },
    ]);
  });

  it('keeps the empty text as one part', () => {
    expect(markText('', () => [])).toEqual([{ text: '', marked: false }]);
  });
});
