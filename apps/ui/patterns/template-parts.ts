import { VARIABLE_PART } from '../../../libs/query/page.ts';
import { readAnsi } from '../results/ansi-text.ts';
import type { TextPart } from '../results/marked-text.ts';

/** A template for the screen, its variable parts told apart. */
export function templateParts(template: string): TextPart[] {
  return template.split(VARIABLE_PART).flatMap((text, at): TextPart[] => {
    const plain = { text: readAnsi(text).text, marked: false, classes: '' };
    return at === 0 ? [plain] : [{ text: '…', marked: false, classes: 'variable' }, plain];
  });
}
