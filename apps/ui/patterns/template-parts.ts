import { VARIABLE_PART } from '../../../libs/query/page.ts';
import { readAnsi } from '../results/ansi-text.ts';
import type { TextPart } from '../results/marked-text.ts';

const ESCAPE = String.fromCodePoint(0x1b);
/** A sequence for terminals whose numbers are masked like all others. */
const MASKED_SEQUENCES = new RegExp(`${ESCAPE}\\[(?:<\\*>|[0-9;:?])*[ -/]*[@-~]`, 'gu');

/** What is read of a template: the colours of all its messages need not be the same. */
export function visibleTemplate(template: string): string {
  return readAnsi(template.replace(MASKED_SEQUENCES, '')).text;
}

/** A template for the screen, its variable parts told apart. */
export function templateParts(template: string): TextPart[] {
  return visibleTemplate(template)
    .split(VARIABLE_PART)
    .flatMap((text, at): TextPart[] => {
      const plain = { text, marked: false, classes: '' };
      return at === 0 ? [plain] : [{ text: '…', marked: false, classes: 'variable' }, plain];
    });
}
