import { LRLanguage, LanguageSupport } from '@codemirror/language';
import { styleTags, tags } from '@lezer/highlight';
import { parser } from '../../../libs/query/grammar/parser.ts';

const language = LRLanguage.define({
  name: 'penstock-query',
  parser: parser.configure({
    props: [
      styleTags({
        FieldName: tags.propertyName,
        Colon: tags.punctuation,
        'Value Bound': tags.literal,
        Quoted: tags.string,
        Regex: tags.regexp,
        CompareOperator: tags.compareOperator,
        'And Or Not To Minus': tags.logicOperator,
        '( )': tags.paren,
        'RangeOpen RangeOpenExclusive RangeClose RangeCloseExclusive': tags.squareBracket,
      }),
    ],
  }),
  languageData: { closeBrackets: { brackets: ['(', '"'] } },
});

export function queryLanguage(): LanguageSupport {
  return new LanguageSupport(language);
}
