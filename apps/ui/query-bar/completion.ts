import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { canonicalFieldName, quoteValue } from '../../../libs/query/page.ts';
import { number } from '../i18n/counted.ts';

/** What completion can offer; values come from the facets of the range on the screen. */
export interface CompletionVocabulary {
  fields(): readonly string[];
  values(field: string, signal: AbortSignal): Promise<readonly { value: string; count: number }[]>;
}

export type CompletionPlace =
  | { readonly kind: 'field'; readonly from: number; readonly typed: string }
  | {
      readonly kind: 'value';
      readonly field: string;
      readonly from: number;
      readonly typed: string;
    };

const FIELD_DETAILS: Readonly<Record<string, string>> = {
  level: 'trace … fatal',
  message: $localize`words, "phrase", *part*`,
  timestamp: $localize`[from TO to]`,
};

const OPERATORS = [
  { label: 'AND', detail: $localize`both` },
  { label: 'OR', detail: $localize`either` },
  { label: 'NOT', detail: $localize`exclude` },
];

/** What may stand between a field's colon and its value. */
const COMPARISONS: Readonly<Record<string, readonly { label: string; detail: string }[]>> = {
  level: [{ label: '>=', detail: $localize`:of levels:this and worse` }],
  timestamp: [
    { label: '>now-1h', detail: $localize`the last hour` },
    { label: '[now-1d TO now-1h]', detail: $localize`from, to` },
  ],
};
const OF_ANY_FIELD = [{ label: '*', detail: $localize`any value` }];
const OF_NUMBERS = [
  { label: '>', detail: $localize`more than` },
  { label: '<', detail: $localize`less than` },
];

/** What is being written at the end of `text`: a field's value after its colon, or else a word. */
export function completionPlace(text: string): CompletionPlace | null {
  if (insideQuotes(text)) return null;
  const value =
    /(?:^|[\s(-])([\p{L}\p{N}_.@]+):(?:\((?:[^\s()"]+ (?:OR|AND) )*)?(?:[<>]=?)?([^\s()":<>=]*)$/u.exec(
      text,
    );
  if (value !== null) {
    const [, field = '', typed = ''] = value;
    return { kind: 'value', field, from: text.length - typed.length, typed };
  }
  const word = /(?:^|[\s(]|(?:^|[\s(])-)([\p{L}_@][\p{L}\p{N}_.@]*)?$/u.exec(text);
  if (word === null) return null;
  const typed = word[1] ?? '';
  return { kind: 'field', from: text.length - typed.length, typed };
}

const NUMBER = /^-?\d+(?:\.\d+)?$/;

function insideQuotes(text: string): boolean {
  return (text.replace(/\\./g, '').match(/"/g)?.length ?? 0) % 2 === 1;
}

export function completionSource(vocabulary: CompletionVocabulary) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const place = completionPlace(context.state.sliceDoc(0, context.pos));
    if (place === null) return null;
    return place.kind === 'field'
      ? completeField(place, vocabulary, context)
      : completeValue(place, vocabulary, context);
  };
}

function completeField(
  place: CompletionPlace,
  vocabulary: CompletionVocabulary,
  context: CompletionContext,
): CompletionResult | null {
  if (place.typed === '' && !context.explicit) return null;
  const fields = vocabulary.fields().map((field, at) => ({
    label: field,
    apply: `${field}:`,
    detail: FIELD_DETAILS[field] ?? '',
    type: 'property',
    boost: -at / 100,
  }));
  const operators = OPERATORS.map((operator) => ({
    ...operator,
    apply: `${operator.label} `,
    boost: -9,
  }));
  return { from: place.from, options: [...fields, ...operators], validFor: /^[\p{L}\p{N}_.@]*$/u };
}

async function completeValue(
  place: CompletionPlace & { kind: 'value' },
  vocabulary: CompletionVocabulary,
  context: CompletionContext,
): Promise<CompletionResult | null> {
  const abort = new AbortController();
  context.addEventListener('abort', () => {
    abort.abort();
  });
  const values =
    place.field === 'timestamp'
      ? []
      : await vocabulary.values(place.field, abort.signal).catch(() => []);
  const options = values.map(({ value, count }, at) => ({
    label: value,
    apply: `${quoteValue(value)} `,
    detail: number(count),
    type: 'constant',
    boost: -at / 100,
  }));
  const before = context.state.sliceDoc(0, place.from);
  // After an operator only a value can follow.
  const comparisons = before.endsWith(':') ? comparisonsOf(place.field, values) : [];
  if (options.length + comparisons.length === 0) return null;
  return { from: place.from, options: [...options, ...comparisons], validFor: /^[^\s()":<>=]*$/ };
}

function comparisonsOf(field: string, values: readonly { value: string }[]): Completion[] {
  const name = canonicalFieldName(field);
  if (name === 'message') return [];
  const areNumbers = values.length > 0 && values.every(({ value }) => NUMBER.test(value));
  const offered = COMPARISONS[name] ?? [...(areNumbers ? OF_NUMBERS : []), ...OF_ANY_FIELD];
  return offered.map((comparison) => ({
    ...comparison,
    // After an operator its value follows, after the rest the next term.
    apply: /[<>=]$/.test(comparison.label) ? comparison.label : `${comparison.label} `,
    boost: -9,
  }));
}
