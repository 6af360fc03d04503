import { exceedsBytes, type Level } from '#event';
import type { Query } from './ast.ts';
import { requiredKeys } from './required-keys.ts';
import { requiredTokens, type TokenRequirement } from './required-tokens.ts';

/**
 * What a word index can be asked for a query: the events whose message has all the words, whose level is one of
 * `levels` and whose service is one of `services`; null is any. A superset of the query's matches, so each hit is
 * still to be checked.
 */
export interface IndexTerms {
  /** At least one and at most `maxWords` of the index, each once. */
  readonly words: readonly string[];
  readonly levels: ReadonlySet<Level> | null;
  readonly services: ReadonlySet<string> | null;
}

/** What a word index takes. */
export interface WordIndex {
  /** What it holds of some words: it may leave out some, and cut others into pieces. */
  readonly indexedWords: (words: readonly string[]) => readonly string[];
  readonly maxWords: number;
  /** Longest value of a filter. */
  readonly maxValueBytes: number;
}

/** With more services than this a filter costs more than it saves. */
const MAX_SERVICES = 100;

/**
 * The terms for a query, or null where the index holds no word that every match has, or where nothing can match.
 * Negated words and words of alternatives are not asked for: an index answers them only together with all the rest.
 */
export function indexTerms(query: Query, index: WordIndex): IndexTerms | null {
  const words = index.indexedWords(certainWords(requiredTokens(query)));
  const { levels, services } = requiredKeys(query);
  if (words.length === 0 || levels?.size === 0 || services?.size === 0) return null;
  return {
    words: mostTelling(words, index),
    levels,
    services: services && askable(services, index),
  };
}

/** Words that every match has. */
function certainWords(requirement: TokenRequirement): readonly string[] {
  switch (requirement.kind) {
    case 'token':
      return isWord(requirement.token) ? [requirement.token] : [];
    case 'all':
      return requirement.of.flatMap(certainWords);
    default:
      return [];
  }
}

/** The other tokens are field values, `service=api`. */
function isWord(token: string): boolean {
  return !token.includes('=');
}

/** Long words are rare ones, as a rule. */
function mostTelling(words: readonly string[], { maxWords }: WordIndex): readonly string[] {
  if (words.length <= maxWords) return words;
  return [...words].sort((a, b) => b.length - a.length).slice(0, maxWords);
}

function askable(
  services: ReadonlySet<string>,
  { maxValueBytes }: WordIndex,
): ReadonlySet<string> | null {
  const tooLong = (service: string) => exceedsBytes(service, maxValueBytes);
  return services.size > MAX_SERVICES || [...services].some(tooLong) ? null : services;
}
