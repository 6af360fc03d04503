import { TOKEN_FIELDS, fieldToken, words, type TokenField } from '#event';
import type { FieldRef, Query } from './ast.ts';
import { literalWords } from './regex/literal-words.ts';
import type { RegexNode } from './regex/nodes.ts';
import { parseRegex } from './regex/parse-regex.ts';

/** Tokens of the skip index that every matching event has. */
export type TokenRequirement =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'all'; readonly of: readonly TokenRequirement[] }
  | { readonly kind: 'any'; readonly of: readonly TokenRequirement[] }
  /** Nothing is certain: every event may match. */
  | { readonly kind: 'unknown' };

const UNKNOWN: TokenRequirement = { kind: 'unknown' };

/** What the skip index can be asked for a query; it never names a token that a matching event might lack. */
export function requiredTokens(query: Query): TokenRequirement {
  switch (query.kind) {
    case 'and':
      return all(query.operands.map(requiredTokens));
    case 'or':
      return any(query.operands.map(requiredTokens));
    case 'equals':
      return query.ignoreCase ? UNKNOWN : valueToken(query.field, query.value);
    case 'regex':
      return isMessage(query.field) ? patternTokens(parseRegex(query.pattern)) : UNKNOWN;
    default:
      return wordTokens(wholeWords(query));
  }
}

function isMessage(field: FieldRef): boolean {
  return field.kind === 'column' && field.name === 'message';
}

/** The words that a matching message has as whole ones, of a term on the message's text. */
function wholeWords(query: Query): readonly string[] {
  switch (query.kind) {
    case 'phrase':
      return query.words;
    case 'message-contains':
      return innerWords(query.text, false, false);
    case 'word-affix':
      return innerWords(query.text, query.affix === 'prefix', query.affix === 'suffix');
    case 'message-wildcard':
      return wildcardWords(query.parts);
    case 'message-equals':
      return innerWords(query.text, true, true);
    default:
      return [];
  }
}

function patternTokens(node: RegexNode | null): TokenRequirement {
  switch (node?.kind) {
    case 'sequence':
      return all([...literalWords(node.of).map(anyToken), ...node.of.map(patternTokens)]);
    case 'alternatives':
      return any(node.of.map(patternTokens));
    case 'repeat':
      return node.min > 0 ? patternTokens(node.of) : UNKNOWN;
    default:
      return UNKNOWN;
  }
}

function anyToken(found: readonly string[]): TokenRequirement {
  const [only] = found;
  if (found.length === 1 && only !== undefined) return { kind: 'token', token: only };
  return any(found.map((token) => ({ kind: 'token', token })));
}

/** Words whose lower case depends on their neighbours or is several characters long: tokens spell them otherwise. */
const UNCERTAIN = /[σςİ]/u;

function wordTokens(found: readonly string[]): TokenRequirement {
  const certain = new Set(found.filter((word) => !UNCERTAIN.test(word)));
  return all([...certain].map((token) => ({ kind: 'token', token })));
}

const EDGES = /^[\p{L}\p{N}_]+|[\p{L}\p{N}_]+$/gu;

/** The words of a part that are whole in every text that holds it: those at an open end may be longer there. */
function innerWords(text: string, startIsWhole: boolean, endIsWhole: boolean): string[] {
  const inner = text.replace(EDGES, (word, at: number) => {
    const startCut = at === 0 && !startIsWhole;
    const endCut = at + word.length === text.length && !endIsWhole;
    return startCut || endCut ? '' : word;
  });
  return words(inner);
}

function wildcardWords(parts: readonly string[]): string[] {
  return parts.flatMap((part, at) => innerWords(part, at === 0, at === parts.length - 1));
}

function valueToken(field: FieldRef, value: string): TokenRequirement {
  if (field.kind !== 'column' || !isTokenField(field.name)) return UNKNOWN;
  return { kind: 'token', token: fieldToken(field.name, value) };
}

function isTokenField(name: string): name is TokenField {
  return (TOKEN_FIELDS as readonly string[]).includes(name);
}

/** Unknown operands add nothing to what is required. */
function all(operands: readonly TokenRequirement[]): TokenRequirement {
  const known = operands.filter((operand) => operand.kind !== 'unknown');
  const [only] = known;
  if (only === undefined) return UNKNOWN;
  return known.length === 1 ? only : { kind: 'all', of: known };
}

/** An unknown operand may match any event. */
function any(operands: readonly TokenRequirement[]): TokenRequirement {
  if (operands.some((operand) => operand.kind === 'unknown')) return UNKNOWN;
  return { kind: 'any', of: operands };
}
