import fc from 'fast-check';
import { LEVELS, type JsonObject, type ParsedEvent } from '#event';
import { buildEvent, TEST_TIME } from './build-event.ts';

const PIECES = [
  ...['failed', 'to', 'connect', 'Connect', 'DB', 'disk', 'DISK', 'k', 'ski', 'api'],
  ...[
    '\u212a',
    'ſ',
    'İ',
    'i',
    'ı',
    'σ',
    'ς',
    'Σ',
    'ß',
    'ẞ',
    'é',
    'É',
    'Å',
    '\u212b',
    'ǅ',
    'ⅷ',
    'Ⅷ',
  ],
  ...['\u0307', '½', '²', '日', '本', '😀', '𝒜', '𐐀', '𐐨', '٣', '—', '“', '\u00a0'],
  ...[' ', ' ', '-', '.', '_', '%', '\\', '"', '*', '/', ':', '(', '\n', '1', '17', ''],
] as const;

/** Texts in which case, boundaries of words and what patterns escape meet often. */
export const anyText: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...PIECES), { maxLength: 7 })
  .map((pieces) => pieces.join(''));

const anyScalar = fc.oneof(
  anyText,
  fc.constantFrom(17, 17.5, -3, 0, 1e21, 1e-7, '17', '17.0', '5'),
  fc.boolean(),
  fc.constant(null),
);

const anyValue = fc.oneof(
  { weight: 3, arbitrary: anyScalar },
  fc.array(anyScalar, { maxLength: 3 }),
  fc.record({ b: anyScalar }),
  fc.array(fc.record({ b: anyScalar }), { maxLength: 2 }),
);

const anyMetadata: fc.Arbitrary<JsonObject> = fc.record(
  { a: anyValue, b: anyScalar, 'a.b': anyValue },
  { requiredKeys: [] },
);

const sometimes = (arbitrary: fc.Arbitrary<string>) => fc.option(arbitrary, { nil: null });

export const anyEvent: fc.Arbitrary<ParsedEvent> = fc
  .record({
    timestamp: fc.integer({ min: -3, max: 3 }).map((offset) => TEST_TIME + offset),
    level: fc.constantFrom(...LEVELS),
    message: anyText,
    service: sometimes(anyText),
    resourceId: sometimes(fc.constantFrom('server-1', 'server-12', 'Server-1')),
    metadata: anyMetadata,
  })
  .map(buildEvent);

const quoted = anyText.map((text) => `"${text.replace(/[\\"]/gu, String.raw`\$&`)}"`);
const atom = fc.constantFrom(
  ...['a', 'k', 's', 'é', '.', '\\w', '\\W', '\\d', '\\s', '[a-f]', '[^a-f]', '[[:upper:]]', '\\.'],
  ...['\\b', '\\B', '^', '$', '\\A', '\\z', '(?-i:K)', '(?s:.)', '(?m:^)', '(?m:$)', '\\x41', '日'],
  ...[
    'fail',
    'connect',
    '\\pL',
    '[é]',
    '[^é]',
    '\\Q.*\\E',
    '(?:a|)',
    '(?P<n>k|i)',
    '_',
    '-',
    '\\x{1F600}',
  ],
);
const quantifier = fc.constantFrom(
  '',
  '',
  '',
  '*',
  '+',
  '?',
  '{2}',
  '{0,2}',
  '{1,}',
  '*?',
  '{300}',
);

/** The text of an RE2 pattern. */
export const anyPattern: fc.Arbitrary<string> = fc
  .array(
    fc
      .tuple(atom, quantifier)
      .map(([body, count]) => `${count === '' ? body : `(?:${body})`}${count}`),
    { minLength: 1, maxLength: 4 },
  )
  .chain((parts) => fc.constantFrom(parts.join(''), parts.join('|'), `(?:${parts.join('')}){1,2}`));

const anyNumber = fc.constantFrom('17', '17.5', '-3', '0', '5', '1e21', '"17.0"');
const operator = fc.constantFrom('>', '>=', '<', '<=');
const valueText = fc.oneof(quoted, anyNumber, fc.constantFrom('*', 'true', 'server-*', 'k*', '*i'));
const endText = fc.oneof(quoted, anyNumber, fc.constant('*'));

const fieldName = fc.constantFrom(
  'message',
  'service',
  'resourceId',
  'a',
  'b',
  'a.b',
  'metadata.a.b',
);
const orderedName = fieldName.filter((name) => name !== 'message');

const anyTerm = fc.oneof(
  { weight: 3, arbitrary: quoted },
  fc.tuple(fieldName, valueText).map(([name, value]) => `${name}:${value}`),
  fc.tuple(fieldName, anyPattern).map(([name, pattern]) => `${name}:/${pattern}/`),
  fc.tuple(orderedName, operator, fc.oneof(quoted, anyNumber)).map((parts) => rangeTerm(parts)),
  fc.tuple(orderedName, endText, endText).map(([name, low, high]) => `${name}:[${low} TO ${high}}`),
  fc.constantFrom(...LEVELS).map((level) => `level:>=${level}`),
  fc.constantFrom('timestamp:>now', 'timestamp:[now TO *]', 'timestamp:now'),
);

function rangeTerm([name, sign, value]: readonly [string, string, string]): string {
  return `${name}:${sign}${value}`;
}

/** The text of a query without a syntax error. */
export const anyQuery: fc.Arbitrary<string> = fc.letrec<{ query: string }>((tie) => ({
  query: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    anyTerm,
    fc.tuple(tie('query'), tie('query')).map(([a, b]) => `(${a} ${b})`),
    fc.tuple(tie('query'), tie('query')).map(([a, b]) => `(${a} OR ${b})`),
    tie('query').map((query) => `-(${query})`),
  ),
})).query;
