import { describe, expect, it } from '@jest/globals';
import { markText } from './marked-text.ts';

const none = (): [] => [];

describe('markText', () => {
  it('cuts a text at the marks', () => {
    const parts = markText({ text: 'failed to connect', styles: [] }, () => [
      { from: 0, to: 6 },
      { from: 10, to: 17 },
    ]);
    expect(parts).toEqual([
      { text: 'failed', marked: true, classes: '' },
      { text: ' to ', marked: false, classes: '' },
      { text: 'connect', marked: true, classes: '' },
    ]);
  });

  it('cuts it at the styles too', () => {
    const styles = [{ from: 2, to: 6, classes: 'ansi-1' }];
    const parts = markText({ text: 'abcdefgh', styles }, () => [{ from: 4, to: 8 }]);
    expect(parts).toEqual([
      { text: 'ab', marked: false, classes: '' },
      { text: 'cd', marked: false, classes: 'ansi-1' },
      { text: 'ef', marked: true, classes: 'ansi-1' },
      { text: 'gh', marked: true, classes: '' },
    ]);
  });

  it('keeps the empty text as one part', () => {
    expect(markText({ text: '', styles: [] }, none)).toEqual([
      { text: '', marked: false, classes: '' },
    ]);
  });
});
